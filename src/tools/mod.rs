//! What the command line needs: files, measurements, reports and a CLAP host.
