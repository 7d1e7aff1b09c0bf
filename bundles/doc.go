// Package bundles keeps market bars on disk: versions that never change,
// identified by the digest of their content, and opened without a copy.
//
// Start with [OpenStore]. [Store.Open] maps a version and hands out its
// [columnar.Frame]; [Store.Begin] starts a [Draft], whose Publish makes a
// Frame the current version of a bundle. A [Pool] keeps versions open for
// programs that open them often. docs/format.md has every byte.
//
// # Layout
//
//	<store>/bowstring-store.json              the mark: this folder is a store
//	<store>/<bundle>/current.json             the marker: current version, sequence
//	<store>/<bundle>/lock                     held by whoever changes the bundle
//	<store>/<bundle>/ledger.jsonl             the sweeps that were run on it (package sweep/ledger)
//	<store>/<bundle>/versions/<64 hex>/       manifest.json, bars.parquet, hashes.bin, events.parquet
//	<store>/<bundle>/ingests/<id>/            report.json, rejects.csv
//	<store>/<bundle>/tmp/<id>/                what an ingest has not finished
//
// # Invariants
//
//  1. Equal data is an equal version: the name of a version is the digest of
//     what a reader sees (see [columnar.Digest]), whatever its encoding.
//  2. A version is complete from the moment its folder exists, and never
//     changes. The marker is replaced in one step. A reader sees the state
//     before or after a change, never another.
//  3. Readers write nothing and take no lock. Only an ingest and GC remove
//     temporary folders, and only those that nobody holds locked.
//     Whatever is removed has a manifest, a report, a lock or a line of the
//     marker that says that it was written here; a folder that is not marked as
//     a store and holds other things is not changed without [Store.Forced].
//  4. Opening checks sizes, the manifest's and the marker's checksum and the
//     footer's. Flipped bits in the data are found by [Store.Verify].
//
// # Ownership
//
// A [Bundle] owns one reference on its Frame and gives it back in Close.
// Whoever needs the Frame longer retains it. Bundles of a Pool share one Frame,
// which lives until the last of them is closed and the pool has let go of it;
// they are closed like any other. On Unix a version that is
// removed stays readable for those who have it open.
//
// The package parses no market data (package ingest does) and has no default
// location: the caller names the folder of the store.
package bundles
