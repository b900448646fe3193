// Starts the gallery built by `cargo xtask gallery`; trunk brings its own loader.
import init from "kosapo-glue";

await init({ module_or_path: "gallery.wasm" });
document.body.dataset.hydrated = "";
