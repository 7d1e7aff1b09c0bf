package value

// Sample is a value and the line where it stands.
type Sample struct {
	Line int
	Text string
}
