//! The modules of a crate, as plain data.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
};

/// The modules of one crate. The root is the first one.
#[derive(Debug, Default)]
pub(crate) struct ModuleTree {
    pub(crate) modules: Vec<Module>,
}

/// One module: a whole file, or a `mod name { … }` inside a file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<usize>,
    pub(crate) children: HashMap<String, usize>,
    /// Items by name, each with the file that defines it. Only an exported macro, an item of the
    /// root, comes from another file.
    pub(crate) items: HashMap<String, PathBuf>,
    /// Names that begin a statement in a macro call between items. The macro probably defines items
    /// by these names.
    pub(crate) probable_items: HashSet<String>,
    /// Macros that later modules inside this one can call without a path.
    pub(crate) macros: HashSet<String>,
    /// `#[macro_use]`: the parent can call the macros without a path too.
    pub(crate) has_macro_use: bool,
    pub(crate) imports: Vec<Import>,
    /// Paths in the code of the module, each with the line where it first appears.
    pub(crate) paths: BTreeMap<CodePath, usize>,
}

/// A path outside `use`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CodePath {
    pub(crate) segments: Vec<String>,
    pub(crate) is_macro_call: bool,
}

/// One name of a `use`, or one glob.
#[derive(Debug, PartialEq)]
pub(crate) struct Import {
    /// The segments of the path. The first one is empty if the path starts with `::`.
    pub(crate) path: Vec<String>,
    /// The name that the import defines, or `None` for a glob.
    pub(crate) name: Option<String>,
    pub(crate) is_reexport: bool,
    pub(crate) line: usize,
}

impl ModuleTree {
    /// Returns whether the module `inner` is `outer` or inside it.
    pub(crate) fn is_within(&self, mut inner: usize, outer: usize) -> bool {
        while inner != outer {
            match self.modules[inner].parent {
                Some(parent) => inner = parent,
                None => return false,
            }
        }
        true
    }
}
