// Package arrow18 hands records between arrow/go v17, which Bowstring is
// written on, and arrow-go v18 without copying a value. It is a module of its
// own, so that a program takes v18 only if it asks for it.
//
// Start with [ToReader] for the results of a sweep and [ToRecord] for one
// record; [FromReader] and [FromRecord] go the other way, from bars that a
// program of v18 has to an ingest. Functions called To turn v17 into v18,
// functions called From v18 into v17.
//
// # Ownership
//
// What is passed in is borrowed, what a function returns is released once by
// the caller. Both look at the same memory: every buffer is wrapped, not
// copied, and the wrapper holds a reference to the buffer that it wraps until
// its own last reference is released. So the two may be released in any order,
// and memory of a mapped file stays mapped while either is in use. As with all
// Arrow data, nobody may write to it meanwhile.
//
// # What is kept
//
// Types with their parameters, names, nullability, metadata of fields and
// schemas, offsets of slices, dictionaries and null counts, unknown ones
// included. Equal data is equal on the other side, and equal to itself after
// the way there and back. Metadata of one v18 record, which v17 does not know,
// is dropped.
//
// An extension type becomes the type that is registered under its name with the
// other version. That and types that only one version has (decimal32 and
// decimal64) are the only things that can be refused, with [ErrType].
//
// The package uses neither unsafe nor the C data interface, whose symbols are
// the same in both versions and do not link into one program.
package arrow18

import "errors"

// ErrType is the error of a type that the other version does not have: it is
// unknown there, or it is an extension type whose name is not registered there
// or whose registered type refuses the storage or the parameters.
var ErrType = errors.New("type does not exist in the other version of Arrow")
