package reuse

import "testing"

func TestSlice(t *testing.T) {
	s := make([]int, 3, 5)
	if got := Slice(s, 5); len(got) != 5 || &got[0] != &s[0] {
		t.Error("the memory is not used again")
	}
	if got := Slice(s, 6); len(got) != 6 || &got[0] == &s[0] {
		t.Error("the memory is too small")
	}
	if got := Slice([]int(nil), 0); len(got) != 0 {
		t.Error("nothing of nothing")
	}
}
