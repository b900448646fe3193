//! Takes out of the browser's module what no island can run (docs/adr/0012).

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

use crate::step::{Done, Failure};

/// Part of the names of functions that only a page woken as a whole would call. leptos puts one for each kind of view into
/// a table, where neither rustc nor wasm-opt can see that an island never asks for it.
///
/// Only these, and not what drops them: the compiler makes one function of two that are the same, so a small one under
/// such a name may serve others too.
const NEVER_RUN: &str = "8into_any13hydrate_async";

/// Empties those functions; what only they called is left out by the steps that follow.
///
/// # Errors
/// When the module cannot be read, or holds none: then leptos has changed, and so must this step.
pub fn trim(bytes: &[u8]) -> Done<Vec<u8>> {
    let mut module = Module::from_buffer(bytes).map_err(|fault| Failure::new(format!("the module: {fault}")))?;
    let named = |name: &Option<String>| name.as_ref().is_some_and(|name| name.contains(NEVER_RUN));
    let idle: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let idle: Vec<FunctionId> = idle.into_iter().filter(|id| named(&module.funcs.get(*id).name)).collect();
    if idle.is_empty() {
        return Err(Failure::new(format!(
            "No function's name holds `{NEVER_RUN}`: xtask/src/trim.rs has nothing to do."
        )));
    }
    for id in &idle {
        empty(&mut module, *id);
    }
    eprintln!("  emptied: {} functions that no island runs", idle.len());
    Ok(module.emit_wasm())
}

/// Gives a function a body that stops at once.
fn empty(module: &mut Module, id: FunctionId) {
    let function = module.funcs.get(id);
    let (params, results) = module.types.params_results(function.ty());
    let (params, results) = (params.to_vec(), results.to_vec());
    let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
    body.func_body().unreachable();
    let locals = params.iter().map(|kind| module.locals.add(*kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(locals));
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    fn module(name: &str) -> Vec<u8> {
        let mut module = Module::default();
        let mut seven = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        seven.name(name.to_owned()).func_body().i32_const(7);
        let seven = seven.finish(vec![module.locals.add(ValType::I32)], &mut module.funcs);
        module.exports.add("seven", seven);
        module.emit_wasm()
    }

    #[test]
    fn what_is_named_is_emptied_and_what_is_not_is_kept() {
        let trimmed = trim(&module("IntoAny8into_any13hydrate_async28closure")).unwrap();
        let read = Module::from_buffer(&trimmed).unwrap();
        let (_, function) = read.funcs.iter_local().next().unwrap();
        assert_eq!(function.block(function.entry_block()).instrs.len(), 1, "nothing but the stop");
        for other in ["8into_any19hydrate_from_server", "drop_in_place..into_any..hydrate_async..closure"] {
            assert!(trim(&module(other)).is_err(), "a step without work says so");
        }
    }
}
