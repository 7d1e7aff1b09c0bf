package footer

import (
	"errors"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

func TestLength(t *testing.T) {
	for _, c := range []struct {
		tail string
		size int64
		want string
	}{
		{"\x05\x00\x00\x00PAR1", 17, ""},
		{"\x06\x00\x00\x00PAR1", 17, "a footer of 6 bytes"},
		{"\xff\xff\xff\xffPAR1", 1 << 40, "a footer of 4294967295 bytes"},
		{"\x05\x00\x00\x00PAR2", 17, "does not end with"},
		{"\x05\x00\x00\x00PAR1", 11, "too short"},
	} {
		n, err := Length([]byte(c.tail), c.size)
		if c.want == "" && (err != nil || n != 5) || c.want != "" && (!errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: %d, %v; want %q", c.tail, n, err, c.want)
		}
	}
}

// TestOutOfProportion: a byte of input must not become a struct of 560 bytes,
// nor a list that the input does not hold, nor a deep stack.
func TestOutOfProportion(t *testing.T) {
	many := append([]byte{0x49, 0xfc, 0x80, 0x80, 0x40}, make([]byte, 1<<20)...) // field 4: a list of 2^20 empty structs
	for name, b := range map[string][]byte{
		"a list that is not there": {0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07},
		"empty structs":            append(many, 0),
		"nesting":                  []byte(strings.Repeat("\x1c", 1<<20)),
		"nothing":                  nil,
	} {
		if _, err := Decode(b, new(format.FileMetaData)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecode(t *testing.T) {
	want := &format.FileMetaData{Version: 2, NumRows: 7, CreatedBy: "test", Schema: []format.SchemaElement{{Name: "root"}}, RowGroups: []format.RowGroup{{NumRows: 7}}}
	b, err := thrift.Marshal(new(thrift.CompactProtocol), want)
	if err != nil {
		t.Fatal(err)
	}
	var got format.FileMetaData
	if n, err := Decode(append(b, 1, 2, 3), &got); err != nil || n != len(b) || got.NumRows != 7 || got.CreatedBy != "test" {
		t.Errorf("%d of %d bytes, %+v, %v", n, len(b), got, err)
	}
}

func FuzzDecode(f *testing.F) {
	b, err := thrift.Marshal(new(thrift.CompactProtocol), &format.FileMetaData{Version: 1, Schema: []format.SchemaElement{{Name: "root"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := Decode(b, new(format.FileMetaData)); err == nil && (n <= 0 || n > len(b)) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("%d of %d bytes, %v", n, len(b), err)
		}
	})
}
