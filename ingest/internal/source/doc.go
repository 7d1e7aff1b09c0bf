// Package source finds the files of an ingest and reads their bytes: folders and
// partitions, members of archives, compression, encodings. It knows names and bytes,
// and nothing of columns.
//
// Read find.go first: [Find] turns paths into [Files], each a [File]; format.go tells
// what a file is by its first bytes. open.go opens a [Stream] of plain UTF-8 behind
// gzip, zstd, zip (archive.go) and what encoding.go knows, within the bounds of
// bombs.go. hive.go and lean.go read what names of folders and files say.
//
// What is found stays open until [Files.Close], a stream until its Close. A stream
// is for one goroutine; members of an archive may be read by several at once.
// Everything that is wrong with a file names it.
package source
