package spec

// Expr is a named expression of the strategy language.
type Expr struct{ Name, Text string }
