// Wakes the islands of a page. Loaded by pages that hold one, with the glue of the wasm module; WASM_URL is the wasm
// file's hashed address, written in by the build.
import init, * as wasm from "kosapo-glue";

/** An element's children. A form with a control named "children" answers with that control to `form.children`. */
const childrenOf = Object.getOwnPropertyDescriptor(Element.prototype, "children").get;

/** Wakes every island in document order; an island inside another's children needs the outer one's owner. */
export async function wakeIslands(root) {
  await init({ module_or_path: WASM_URL });
  wasm.hydrate();
  const owners = [];
  const visit = (element) => {
    const tag = element.localName;
    if (tag === "leptos-island") {
      wake(element, owners.at(-1));
    }
    const isChildren = tag === "leptos-children";
    if (isChildren) {
      owners.push(element.$$on_hydrate);
    }
    // A copy: waking an island may change its own children, never its siblings.
    for (const child of [...childrenOf.call(element)]) {
      visit(child);
    }
    if (isChildren) {
      owners.pop();
    }
  };
  visit(root);
}

function wake(element, setOwner) {
  const hydrateIsland = wasm[element.dataset.component];
  if (!hydrateIsland) {
    throw new Error(`No island is called ${element.dataset.component}.`);
  }
  setOwner?.();
  hydrateIsland(element);
}
