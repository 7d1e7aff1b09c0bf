package strategy

// Truth is a value of three-valued (Kleene) logic.
type Truth uint8

// The truth values.
const (
	Unknown Truth = iota
	False
	True
)

// String returns the value as it is written.
func (t Truth) String() string { return [...]string{"unknown", "false", "true"}[t] }

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

func (t Truth) not() Truth { return [...]Truth{Unknown, True, False}[t] }

func (t Truth) and(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == True && u == True:
		return True
	}
	return Unknown
}
