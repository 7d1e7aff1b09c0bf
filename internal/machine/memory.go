// Package machine says what the machine has that a program runs on, so that a
// command can choose bounds of its own. No result may depend on it.
//
// Start with [Memory].
package machine

// Memory returns the bytes of memory that the process can have: those of the
// machine, or of the smallest control group (cgroup) around it where that has
// fewer; 0 where the system does not say.
func Memory() int64 { return memory() }
