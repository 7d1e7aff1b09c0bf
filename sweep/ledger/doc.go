// Package ledger keeps account of the sweeps that were run on a bundle, so that a
// statistic of selection can count the trials that were really made.
//
// Start with [Of], which makes the [Entry] of a sweep; [Append] adds it to a file, [Read]
// reads a file back, and [Count] says how many trials there were on a version of the data
// and on those that it was appended to. Nothing here finds the file: see
// bundles.Store.Ledger.
//
// # The file
//
// A line is an entry, in JSON, and is never changed. One that a killed process has left
// in the middle is skipped. Entries of the same trials on the same data (one [Entry.Spec]
// and one [Entry.Data]) count once, however often they were run, in how many pieces,
// and whatever ranked them.
//
// The package keeps no global state, reads no clock and logs nothing.
package ledger
