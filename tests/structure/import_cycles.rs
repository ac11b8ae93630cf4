//! Finds cycles in the dependencies between files.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    path::{Path, PathBuf},
};

/// For each file, the files on which it depends.
pub(crate) type Dependencies = BTreeMap<PathBuf, BTreeMap<PathBuf, SourceReference>>;

/// The place where a file names an item of another file.
#[derive(Debug, PartialEq)]
pub(crate) struct SourceReference {
    pub(crate) line: usize,
    pub(crate) path: String,
}

/// An edge from a file to a file on which it depends.
type DependencyEdge<'d> = (&'d Path, &'d Path, &'d SourceReference);

/// Files that depend on each other, directly or through one another.
pub(crate) struct ImportCycle<'d> {
    pub(crate) files: BTreeSet<PathBuf>,
    /// The edges of one of the shortest cycles.
    shortest_cycle: Vec<DependencyEdge<'d>>,
    /// All other edges between the files.
    other_edges: Vec<DependencyEdge<'d>>,
}

/// Returns the cycles, each as large as possible, so that no file is in two of them.
pub(crate) fn find_cycles(dependencies: &Dependencies) -> Vec<ImportCycle<'_>> {
    let mut found: Vec<ImportCycle<'_>> = Vec::new();
    for file in dependencies.keys() {
        if found.iter().any(|cycle| cycle.files.contains(file)) {
            continue;
        }
        let leads_back = |other: &&Path| reachable_files(dependencies, other).contains_key(&**file);
        let files: BTreeSet<_> = reachable_files(dependencies, file).into_keys().filter(leads_back).collect();
        let cycles = files.iter().map(|file| shortest_cycle_through(dependencies, file));
        if let Some(shortest) = cycles.min_by_key(Vec::len) {
            let edges = files.iter().flat_map(|file| edges_from(dependencies, file));
            let others = edges.filter(|edge| files.contains(edge.1) && !shortest.contains(edge)).collect();
            found.push(ImportCycle {
                files: files.into_iter().map(Path::to_owned).collect(),
                shortest_cycle: shortest,
                other_edges: others,
            });
        }
    }
    found
}

fn edges_from<'d>(dependencies: &'d Dependencies, from: &Path) -> impl Iterator<Item = DependencyEdge<'d>> {
    let entry = dependencies.get_key_value(from);
    entry.into_iter().flat_map(|(from, uses)| uses.iter().map(|(to, reference)| (&**from, &**to, reference)))
}

/// Returns all files on which `start` depends, each with the last edge of a shortest path to it.
fn reachable_files<'d>(
    dependencies: &'d Dependencies,
    start: &Path,
) -> BTreeMap<&'d Path, DependencyEdge<'d>> {
    let mut reached = BTreeMap::new();
    let mut queue: VecDeque<_> = edges_from(dependencies, start).collect();
    while let Some(edge) = queue.pop_front() {
        if !reached.contains_key(edge.1) {
            reached.insert(edge.1, edge);
            queue.extend(edges_from(dependencies, edge.1));
        }
    }
    reached
}

/// Returns the edges of a shortest cycle through the file, which is in a cycle.
fn shortest_cycle_through<'d>(dependencies: &'d Dependencies, file: &Path) -> Vec<DependencyEdge<'d>> {
    let reached = reachable_files(dependencies, file);
    let mut edges = VecDeque::from([reached[file]]);
    while edges[0].0 != file {
        edges.push_front(reached[edges[0].0]);
    }
    edges.into()
}

impl fmt::Display for ImportCycle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = |edges: &[DependencyEdge<'_>]| {
            edges.iter().try_for_each(|(from, to, SourceReference { line, path })| {
                writeln!(f, "    {}:{line} names `{path}` of {}", from.display(), to.display())
            })
        };
        list(&self.shortest_cycle)?;
        list(&self.other_edges)
    }
}
