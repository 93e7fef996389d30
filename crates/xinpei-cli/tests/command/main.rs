//! Runs the command as a user does, and looks at stdout, stderr and exit codes.

mod check;
mod explain;
mod other;
mod place;
mod replay;
mod score;
