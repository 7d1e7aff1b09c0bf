// Package cache keeps values in memory up to a number of bytes.
//
// There are two caches. Both are single-flight: while one caller loads a key,
// others that ask for it wait for that load instead of repeating it, and no
// lock is held meanwhile. A load runs to its end whatever becomes of the
// callers that wait for it, because it serves all of them: a context ends only
// its own caller's waiting. Errors are not kept.
//
// A [Cache] holds values that belong to the garbage collector, such as
// computed columns, in two tiers: what [Cache.Pin] asks for stays until it is
// dropped, the rest is bounded by bytes and leaves in the order of last use.
// A value that has left stays valid for whoever holds it.
//
// A [Shared] holds values that must be destroyed, such as mapped files. They
// are counted by reference: [Shared.Acquire] returns a [Handle] that is
// released, and only what nobody holds is destroyed.
//
// Values are shared between callers, so they must not change. What a cache
// holds never changes a result: a cache of no bytes loads on every call. The
// package knows nothing of what it keeps.
package cache
