//! `stripe-hooks sample`

use std::{io::Write, process::ExitCode};

use stripe_hooks::{
    EventInfo,
    testing::{Form, Sample, sample},
};

use crate::{
    arguments::{SampleArguments, SampleOptions, SampleSize},
    failure::Failure,
};

pub(crate) fn run_sample(arguments: &SampleArguments, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let sample = arguments.options.make_sample(arguments.event.0, &arguments.changes)?;
    writeln!(out, "{sample}")?;
    Ok(ExitCode::SUCCESS)
}

impl SampleOptions {
    pub(crate) fn make_sample(
        &self,
        event: &'static EventInfo,
        changes: &[String],
    ) -> Result<Sample, Failure> {
        let mut sample = sample::event(event.name).map_err(Failure::usage)?.form(match self.form {
            SampleSize::Minimal => Form::Minimal,
            SampleSize::Typical => Form::Typical,
            SampleSize::Full => Form::Full,
        });
        if let Some(seed) = self.seed {
            sample = sample.seed(seed);
        }
        if let Some(created) = self.created {
            sample = sample.happened_at(created);
        }
        if let Some(account) = &self.account {
            sample = sample.from_account(account);
        }
        if self.live {
            sample = sample.live();
        }
        for change in changes {
            let (path, value) = split_assignment(change)?;
            sample = sample.try_set_text(path, value).map_err(Failure::usage)?;
        }
        for change in &self.previous_values {
            let (path, value) = split_assignment(change)?;
            sample = sample.try_previous_text(path, value).map_err(Failure::usage)?;
        }
        Ok(sample)
    }
}

fn split_assignment(change: &str) -> Result<(&str, &str), Failure> {
    change.split_once('=').ok_or_else(|| {
        Failure::usage(format_args!("`{change}` sets nothing; write a path, `=` and a value: `amount=4200`"))
    })
}
