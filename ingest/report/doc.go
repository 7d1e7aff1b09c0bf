// Package report is the account of an ingest: what was read, and what became of
// every row. It is what package ingest returns, what a bundle keeps in the manifest
// of a version, and, as an [Ingest], what stands in the report.json of every ingest
// of a bundle.
//
// Start with [Account]. Read = Accepted + Rejected + Repeated, for the whole, for each
// [Source] and for [Events]. Nothing here reads or checks bars.
//
// The JSON is part of the format of bundles (docs/format.md): fields are added, and
// left out where they are zero, never renamed, so that files of older releases are
// read and equal accounts are equal bytes.
package report
