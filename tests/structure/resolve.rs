//! Resolves the paths of a crate to the files that define their items.

use crate::{
    import_cycles::{Dependencies, SourceReference},
    module_tree::{CodePath, ModuleTree},
};
use std::{collections::HashSet, path::Path};

/// The meaning of a path: a module, or an item by the file that defines it.
#[derive(Clone, Copy)]
enum PathTarget<'t> {
    Module(usize),
    Item(&'t Path),
}

/// The lookups under way, each a module and a name. Imports may lead back to one of them.
type VisitedNames<'t> = HashSet<(usize, &'t str)>;

/// Returns the dependencies between the files, with one reference for each pair.
pub(crate) fn file_dependencies(tree: &ModuleTree) -> Dependencies {
    let mut dependencies = Dependencies::new();
    for (id, module) in tree.modules.iter().enumerate() {
        let mut add = |targets: Vec<PathTarget<'_>>, line: usize, segments: &[String]| {
            for target in targets {
                if let PathTarget::Item(file) = target
                    && file != module.file
                {
                    let uses = dependencies.entry(module.file.clone()).or_default();
                    let reference = || SourceReference { line, path: segments.join("::") };
                    uses.entry(file.to_owned()).or_insert_with(reference);
                }
            }
        };
        for import in module.imports.iter().filter(|import| !import.is_reexport) {
            let targets =
                tree.resolve_path(&import.path, import.name.is_none(), id, &mut VisitedNames::new());
            let mut targets = targets.unwrap_or_default();
            let is_module = targets.iter().all(|target| matches!(target, PathTarget::Module(_)));
            let leads_on = |name: &String| tree.has_longer_path(name, &module.file);
            if is_module && !import.name.as_ref().is_none_or(leads_on) {
                // Only a macro from elsewhere names the items of the module.
                targets = targets.into_iter().map(|target| tree.target_file(target)).collect();
            }
            add(targets, import.line, &import.path);
        }
        for (CodePath { segments, is_macro_call }, line) in &module.paths {
            let targets = tree.resolve_path(segments, false, id, &mut VisitedNames::new());
            let targets = match &segments[..] {
                [name] if *is_macro_call => targets.unwrap_or_else(|| tree.macros_in_scope(name, id)),
                _ => targets.unwrap_or_default(),
            };
            add(targets, *line, segments);
        }
    }
    dependencies
}

impl ModuleTree {
    /// Returns whether the code of a file contains a path that goes on after the name.
    fn has_longer_path(&self, name: &str, file: &Path) -> bool {
        let modules = || self.modules.iter().filter(|module| module.file == file);
        let in_code = modules().flat_map(|module| module.paths.keys()).map(|path| &path.segments);
        let in_imports = modules().flat_map(|module| &module.imports).map(|import| &import.path);
        in_code
            .chain(in_imports)
            .any(|path| path.split_last().is_some_and(|(_, path)| path.iter().any(|segment| segment == name)))
    }

    fn target_file<'t>(&'t self, target: PathTarget<'t>) -> PathTarget<'t> {
        match target {
            PathTarget::Module(module) => PathTarget::Item(&self.modules[module].file),
            PathTarget::Item(_) => target,
        }
    }

    /// Resolves a path of the module `from`. Returns `None` if the first segment is no name of the
    /// crate.
    ///
    /// `is_glob` says that names follow the path, so that its last segment is rather a module than
    /// a function.
    fn resolve_path<'t>(
        &'t self,
        path: &'t [String],
        is_glob: bool,
        from: usize,
        seen: &mut VisitedNames<'t>,
    ) -> Option<Vec<PathTarget<'t>>> {
        let (head, rest) = path.split_first()?;
        let mut found = self.resolve_segment(head, is_glob || !rest.is_empty(), from, from, seen)?;
        for (index, name) in rest.iter().enumerate() {
            let has_more = is_glob || index + 1 < rest.len();
            found = found
                .into_iter()
                .flat_map(|target| match target {
                    PathTarget::Module(module) => self
                        .resolve_segment(name, has_more, module, from, seen)
                        // Probably an item that a macro of the module defines.
                        .unwrap_or_else(|| vec![PathTarget::Item(&self.modules[module].file)]),
                    // A variant or an associated item.
                    PathTarget::Item(_) => vec![target],
                })
                .collect();
        }
        Some(found)
    }

    /// Resolves one segment, in the module to which the segments before it lead.
    fn resolve_segment<'t>(
        &'t self,
        name: &'t str,
        has_more: bool,
        module: usize,
        from: usize,
        seen: &mut VisitedNames<'t>,
    ) -> Option<Vec<PathTarget<'t>>> {
        let child = self.modules[module].children.get(name);
        match name {
            "crate" => Some(vec![PathTarget::Module(0)]),
            "self" => Some(vec![PathTarget::Module(module)]),
            "super" => Some(vec![PathTarget::Module(self.modules[module].parent?)]),
            _ if has_more && child.is_some() => child.map(|&child| vec![PathTarget::Module(child)]),
            _ => self.resolve_name(name, module, from, seen),
        }
    }

    /// Looks a name up in a module, as code of the module `from` sees it: an item, an import, or a
    /// name of a glob.
    ///
    /// The result is empty for a name of another crate.
    fn resolve_name<'t>(
        &'t self,
        name: &'t str,
        id: usize,
        from: usize,
        seen: &mut VisitedNames<'t>,
    ) -> Option<Vec<PathTarget<'t>>> {
        if !seen.insert((id, name)) {
            return Some(Vec::new());
        }
        let module = &self.modules[id];
        let sees_private = self.is_within(from, id);
        let visible = || module.imports.iter().filter(|import| import.is_reexport || sees_private);

        // A module may share its name with an item, so the search goes on after a module.
        let child = module.children.get(name).map(|&child| PathTarget::Module(child));
        let mut found: Vec<_> = child.into_iter().collect();
        let mut is_known = false;
        if let Some(file) = module.items.get(name) {
            found.push(PathTarget::Item(file));
            is_known = true;
        }
        for import in visible().filter(|import| import.name.as_deref() == Some(name)) {
            found.extend(self.resolve_path(&import.path, false, id, seen).unwrap_or_default());
            is_known = true;
        }
        if !is_known && module.probable_items.contains(name) {
            found.push(PathTarget::Item(&module.file));
            is_known = true;
        }
        if is_known {
            return Some(found);
        }
        for glob in visible().filter(|import| import.name.is_none()) {
            for target in self.resolve_path(&glob.path, true, id, seen).unwrap_or_default() {
                if let PathTarget::Module(other) = target {
                    found.extend(self.resolve_name(name, other, id, seen).unwrap_or_default());
                }
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// Returns the macros of this name that the module `from` can call without an import.
    fn macros_in_scope(&self, name: &str, from: usize) -> Vec<PathTarget<'_>> {
        let is_in_scope = |mut module: usize| {
            while !self.is_within(from, module) {
                match self.modules[module].parent {
                    Some(parent) if self.modules[module].has_macro_use => module = parent,
                    _ => return false,
                }
            }
            true
        };
        let defining = self.modules.iter().enumerate().filter(|(_, module)| module.macros.contains(name));
        defining
            .filter(|(id, _)| is_in_scope(*id))
            .map(|(_, module)| PathTarget::Item(&module.file))
            .collect()
    }
}
