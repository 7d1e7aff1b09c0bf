// Package load makes bundles of files in one call: it is what "bowstring ingest"
// does, but for the printing.
//
// Start with [Files], or with [Records] for Arrow record batches. Either begins a
// draft in the store, reads and checks every row into it by the rules of package
// ingest, keeps the rejected ones in the draft's rejects.csv and what memory has
// no room for in its temporary folder, and publishes the draft as a new version
// with the account of every row, or appends it to the bars that the bundle has.
//
// Until the last step the bundle is as it was: whoever reads it meanwhile sees the
// version from before, and an error or a context that is done leaves no trace. Of
// a process that is killed the next ingest removes what is left.
package load
