//! Completions for shells and man pages, made from the arguments themselves.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use auralis::tools::audio_out::Draft;
use auralis::tools::output::print;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

/// Prints the completions of a shell.
///
/// # Errors
/// When standard output cannot be written to.
pub fn completions(mut command: Command, shell: Shell) -> Result<()> {
    let (name, mut script) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(shell, &mut command, name, &mut script);
    print(&script)
}

/// Prints the man page of the command.
///
/// # Errors
/// When standard output cannot be written to.
pub fn print_page(command: Command) -> Result<()> {
    print(&page(command)?)
}

/// Writes the man pages of the command and of what is below it into a folder: `auralis.1`,
/// `auralis-render.1` and so on.
///
/// # Errors
/// When one cannot be written, or is there already and must not be replaced.
pub fn write_pages(command: Command, folder: &Path, may_replace: bool) -> Result<()> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let below = command.get_subcommands();
    for command in std::iter::once(&command).chain(below) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let place = folder.join(format!("{name}.1"));
        ensure!(
            may_replace || !place.exists(),
            "{} is there already: --overwrite replaces it",
            place.display()
        );
        let draft = Draft::new(&place, may_replace)?;
        let written = page(command.clone()).and_then(|page| draft.write(&page));
        written.with_context(|| format!("cannot write {}", place.display()))?;
        draft.keep()?;
    }
    Ok(())
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}
