//! A pipe is opened once: whoever writes into it loses nothing, and is not cut off between two openings.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use xinpei_tables::Columnar;

/// To open a pipe is to wait for somebody who writes: what a file is called is told without that.
#[test]
fn a_look_does_not_open_it() {
    let folder = tempfile::tempdir().unwrap();
    for (name, columnar) in [("a.csv", None), ("a.arrows", Some(Columnar::ArrowStream))] {
        let path = folder.path().join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (say, hear) = mpsc::channel();
        thread::spawn(move || say.send(Columnar::of(&path).unwrap()));
        assert_eq!(hear.recv_timeout(Duration::from_secs(10)).unwrap(), columnar, "{name}");
    }
}
