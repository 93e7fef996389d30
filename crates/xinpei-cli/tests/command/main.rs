//! Runs the command as a user does, and looks at stdout, stderr and exit codes.

mod batch;
mod check;
mod columnar;
mod compare;
mod example;
mod exchange;
mod explain;
mod forms;
mod matching;
mod other;
mod place;
mod plan;
mod replay;
mod report;
mod score;
mod shortlist;
mod watch;
mod zone;
