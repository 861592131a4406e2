//! Which file becomes which: everything that can be refused before work begins.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::args::RenderArgs;

/// Extensions of files that are taken out of folders.
const EXTENSIONS: [&str; 11] = [
    "wav", "wave", "aif", "aiff", "aifc", "flac", "ogg", "oga", "mp3", "m4a", "mp4",
];

/// One file to master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The file.
    pub input: PathBuf,
    /// Its master.
    pub output: PathBuf,
}

/// What is not done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file, or what was given in its place.
    pub input: PathBuf,
    /// Why, in words that follow its name.
    pub reason: String,
}

/// What is done and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order of the arguments, and of names within a folder.
    pub jobs: Vec<Job>,
    /// Those whose master is there already, in the same order.
    pub skipped: Vec<Job>,
    /// In the same order.
    pub refused: Vec<Refused>,
}

impl Job {
    /// A file beside the master: its name with another extension.
    pub fn beside(&self, extension: &str) -> PathBuf {
        self.output.with_extension(extension)
    }

    /// All files that are written.
    fn written(&self, args: &RenderArgs) -> Vec<PathBuf> {
        let report = ["png", "html"].map(|extension| self.beside(extension));
        let report = args.report.then_some(report).into_iter().flatten();
        let decision = args.save_decision.then(|| self.beside("auralis.json"));
        let master = std::iter::once(self.output.clone());
        master.chain(report).chain(decision).collect()
    }
}

impl Plan {
    /// Finds the files and checks where their masters go.
    pub fn of(args: &RenderArgs) -> Self {
        let mut found = Found::default();
        for input in &args.inputs {
            found.add(input, &args.output);
        }
        let mut plan = Self {
            refused: found.refused,
            ..Self::default()
        };
        let jobs = found.files.into_iter().map(|file| Job {
            output: output_of(&args.output, &file.below, args.format.extension()),
            input: file.path,
        });
        plan.add_distinct(jobs.collect());
        plan.spare_existing(args);
        plan
    }

    /// Takes the jobs whose outputs no other has. The same file named twice is one job.
    fn add_distinct(&mut self, jobs: Vec<Job>) {
        let mut seen = HashSet::new();
        let same = |job: &Job| (real(&job.input), job.output.clone());
        let jobs: Vec<Job> = jobs
            .into_iter()
            .filter(|job| seen.insert(same(job)))
            .collect();
        let mut inputs: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
        for job in &jobs {
            let of_output = inputs.entry(job.output.clone()).or_default();
            of_output.push(job.input.clone());
        }
        for job in jobs {
            match inputs[&job.output]
                .iter()
                .find(|input| **input != job.input)
            {
                None => self.jobs.push(job),
                Some(other) => {
                    let (output, other) = (job.output.display(), other.display());
                    let reason = format!("{output} would be the master of {other} too");
                    self.refuse(job.input, reason);
                }
            }
        }
    }

    /// Skips the jobs that are done, if that is asked for, and refuses those that would overwrite what
    /// is not theirs to overwrite.
    fn spare_existing(&mut self, args: &RenderArgs) {
        let inputs: HashSet<PathBuf> = self.jobs.iter().map(|job| real(&job.input)).collect();
        for job in std::mem::take(&mut self.jobs) {
            let is_master = job.output.is_file() && !inputs.contains(&real(&job.output));
            if args.skip_existing && is_master {
                self.skipped.push(job);
                continue;
            }
            match overwritten(&job, args, &inputs) {
                None => self.jobs.push(job),
                Some(reason) => self.refuse(job.input, reason),
            }
        }
    }

    fn refuse(&mut self, input: PathBuf, reason: String) {
        self.refused.push(Refused { input, reason });
    }
}

/// Why a job must not be done: which file it would overwrite.
fn overwritten(job: &Job, args: &RenderArgs, inputs: &HashSet<PathBuf>) -> Option<String> {
    job.written(args).into_iter().find_map(|path| {
        let name = path.display();
        if real(&path) == real(&job.input) {
            Some(String::from(
                "its master would take its own place: choose another folder",
            ))
        } else if inputs.contains(&real(&path)) {
            Some(format!(
                "its master would overwrite {name}, which is to be mastered itself"
            ))
        } else if path.is_dir() {
            Some(format!("{name} is a folder"))
        } else if path.exists() && !args.overwrite {
            Some(format!("{name} is there already: --overwrite replaces it"))
        } else {
            None
        }
    })
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Where the master of a file goes.
fn output_of(folder: &Path, below: &Path, extension: &str) -> PathBuf {
    folder.join(below).with_extension(extension)
}

/// A file, and its place below the folder that was named.
struct File {
    path: PathBuf,
    below: PathBuf,
}

/// What the arguments stand for.
#[derive(Default)]
struct Found {
    files: Vec<File>,
    refused: Vec<Refused>,
}

impl Found {
    /// Adds what an argument stands for: a file, a folder, or else a pattern.
    fn add(&mut self, input: &Path, output: &Path) {
        if input.exists() {
            return self.add_existing(input, output);
        }
        let pattern = input.to_string_lossy();
        if !pattern.contains(['*', '?', '[']) {
            return self.refuse(input, "there is no such file");
        }
        let paths: Vec<PathBuf> = match glob::glob(&pattern) {
            Ok(paths) => paths.filter_map(Result::ok).collect(),
            Err(error) => return self.refuse(input, &format!("it is no pattern: {error}")),
        };
        if paths.is_empty() {
            return self.refuse(input, "nothing matches");
        }
        for path in paths {
            self.add_existing(&path, output);
        }
    }

    fn add_existing(&mut self, input: &Path, output: &Path) {
        if input.is_dir() {
            return self.add_folder(input, output);
        }
        self.files.push(File {
            path: input.to_owned(),
            below: input.file_name().map(PathBuf::from).unwrap_or_default(),
        });
    }

    /// Adds the audio files below a folder. Hidden ones, and the masters of an earlier run, are none.
    fn add_folder(&mut self, folder: &Path, output: &Path) {
        let output = real(output);
        let before = self.files.len();
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
        let visible = |entry: &DirEntry| {
            let is_output = entry.file_type().is_dir() && real(entry.path()) == output;
            entry.depth() == 0 || !(is_hidden(entry) || is_output)
        };
        for entry in walk.into_iter().filter_entry(visible) {
            match entry {
                Ok(entry) if entry.file_type().is_file() && is_audio(entry.path()) => {
                    let below = entry.path().strip_prefix(folder).map(PathBuf::from);
                    self.files.push(File {
                        path: entry.path().to_owned(),
                        below: below.unwrap_or_else(|_| entry.file_name().into()),
                    });
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    self.refuse(&path, &format!("cannot be read: {error}"));
                }
            }
        }
        if self.files.len() == before {
            self.refuse(folder, "there are no audio files in it");
        }
    }

    fn refuse(&mut self, input: &Path, reason: &str) {
        self.refused.push(Refused {
            input: input.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

fn is_audio(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    EXTENSIONS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}
