// Package output is the one rule by which every command and every function
// that stores something opens the file it is asked for.
//
//   - The ending of the name decides the format: [KindOf].
//   - A file that is there is refused with what it is ([ExistsError]), unless it
//     is to be replaced; then it is replaced in one step when the new one is
//     complete and durable, and stays as it is until then.
//   - An output has one writer at a time. The second is refused with the process
//     of the first ([LockedError]); the lock ends with its process.
//   - Links are followed: what they lead to is written, and they stay. Devices and
//     pipes are written to as they are.
//   - What is under way has a name that nobody takes for the finished file.
//
// Start with [Hold], which looks at all of that before anything is computed,
// write with [Output.Write], and end with [Commit] and [Output.Release].
package output
