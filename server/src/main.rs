//! The one executable of kosapo.

use clap::Parser;
use clap::error::ErrorKind;
use server::cli::{Cli, Command};
use server::print::complain;
use server::{command, fee};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    // One thread could wait for itself while a page is drawn, so there are at least two.
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(cores).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime does not start: {error}")),
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => command::serve(args).await,
            Command::Demo(args) => command::demo(args).await,
            Command::Migrate(args) => command::migrate(args).await,
            Command::CloseMonth(args) => command::close_month(args).await,
            Command::CreateStaff(args) => command::create_staff(args).await,
            Command::Fee(args) => return Ok(fee::run(&args)),
        }
        .map(|()| ExitCode::SUCCESS)
    });
    result.unwrap_or_else(|sentence| fail(&sentence))
}

fn fail(sentence: &str) -> ExitCode {
    complain(&format!("kosapo: {sentence}"));
    ExitCode::from(2)
}

/// Arguments that cannot be read: one sentence, of `kosapo fee` as JSON like everything that is wrong there.
fn misread(error: &clap::Error) -> ExitCode {
    let help = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion, help].contains(&error.kind()) {
        error.exit();
    }
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|command| command == "fee") {
        complain(&fee::misread(error, &words).to_string());
        return ExitCode::from(2);
    }
    // What follows the first empty line is the usage.
    let said = error.to_string();
    let lines = said.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    fail(lines.collect::<Vec<_>>().join(" ").trim_start_matches("error: "))
}
