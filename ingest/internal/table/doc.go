// Package table reads typed tables, Parquet files and Arrow record batches, as
// columns of whole numbers, floating-point numbers and text. It knows nothing
// of bars.
//
// Start with [OpenParquet], [NewStream] and [Record], which hand out parts of
// rows, and with [Vector], a column of a few of them.
//
// # Trust
//
// Nothing that a file says is taken for granted. Footers, page headers and the
// structure of Arrow's messages are checked before anything is allocated for
// them; what unpacks to more than [MaxRatio] times its size, beyond the first
// [FreeBytes], is refused; and every value that a part promises is there, or it
// is an [ErrDamaged]. Pages are decoded here rather than by parquet-go, whose
// decoders allocate what hostile pages ask for and, for LZ4, never end.
//
// # Ownership
//
// Vectors are valid until the next call of the cursor that they came from.
package table
