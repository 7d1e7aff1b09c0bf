package table

// Positions of fields in the tables of Arrow's format, and numbers of types.
//
// https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs
const (
	messageVersion, messageHeaderType, messageHeader, messageBodyLength    = 0, 1, 2, 3
	messageMetadata                                                        = 4
	schemaFields, schemaMetadata, schemaFeatures                           = 1, 2, 3
	fieldName, fieldTypeType, fieldType, fieldDictionary, fieldChildren    = 0, 2, 3, 4, 5
	fieldMetadata                                                          = 6
	batchLength, batchNodes, batchBuffers, batchCompression, batchVariadic = 0, 1, 2, 3, 4
	dictionaryID, dictionaryData, dictionaryDelta                          = 0, 1, 2
	timestampZone                                                          = 1
	headerSchema, headerDictionary, headerBatch                            = 1, 2, 3
	fieldsDepth                                                            = 16
)

// Types, as a field names them, that have not two buffers, or are not read.
const (
	typeNull, typeBinary, typeText, typeTimestamp                 = 1, 4, 5, 10
	typeStruct, typeUnion, typeFixedList                          = 13, 14, 16
	typeLargeBinary, typeLargeText, typeRunEnds                   = 19, 20, 22
	typeBinaryView, typeTextView, typeListView, typeLargeListView = 23, 24, 25, 26
)

// shape is what a schema says of the batches to come, which Arrow's reader
// does not hold against them.
type shape struct {
	parts
	// dictionaries are needed before the first batch, by their numbers.
	dictionaries map[int64]parts
}

// parts is how many nodes, buffers and counts of buffers of views a batch has.
type parts struct {
	nodes, buffers, views int
}

// add counts a field of a type without those below it.
func (p *parts) add(kind int) {
	p.nodes++
	switch kind {
	case typeNull, typeRunEnds:
	case typeStruct, typeFixedList: // what is null
		p.buffers++
	case typeBinary, typeText, typeLargeBinary, typeLargeText, typeListView, typeLargeListView:
		p.buffers += 3
	case typeBinaryView, typeTextView: // and those that its count says
		p.views++
		p.buffers += 2
	default: // what is null, and values or offsets
		p.buffers += 2
	}
}

// most returns the larger of the counts of two.
func (p parts) most(q parts) parts {
	return parts{max(p.nodes, q.nodes), max(p.buffers, q.buffers), max(p.views, q.views)}
}

// schema checks a schema, and says what batches of it have.
func (f *flat) schema(table int) (s shape, err error) {
	fields, n := f.vector(table, schemaFields, 4)
	f.pairs(table, schemaMetadata)
	f.vector(table, schemaFeatures, 8)
	if f.bad {
		return s, errSchema
	}
	if n > maxColumns {
		return s, damaged("%d columns; want %d at most", n, maxColumns)
	}
	w := schemaWalk{flat: f, left: maxLeaves, dictionaries: make(map[int64]parts)}
	for i := range n {
		if err := w.field(f.indirect(fields+4*i), 0, &s.parts); err != nil {
			return s, err
		}
	}
	s.dictionaries = w.dictionaries
	return s, nil
}

// errSchema says that a schema cannot be followed.
var errSchema = damaged("a schema that leads out of its message, or repeats its texts without end")

// schemaWalk goes through the fields of a schema, of which so many may be left.
type schemaWalk struct {
	*flat
	left         int
	dictionaries map[int64]parts
}

// field checks a field and those below it, and counts what batches have of them.
func (w *schemaWalk) field(table, depth int, p *parts) error {
	if w.left--; w.left < 0 || depth > fieldsDepth {
		return damaged("more than %d columns and parts of them, or nested deeper than %d", maxLeaves, fieldsDepth)
	}
	w.text(table, fieldName)
	w.pairs(table, fieldMetadata)
	kind, of := w.small(table, fieldTypeType), w.table(table, fieldType)
	if of > 0 && kind == typeTimestamp {
		w.text(of, timestampZone)
	}
	if kind == typeUnion {
		return unsupported("a column of a union")
	}
	if d := w.table(table, fieldDictionary); d > 0 {
		p.nodes, p.buffers = p.nodes+1, p.buffers+2
		id, below := w.number(d, 0), parts{}
		p = &below
		defer func() { w.dictionaries[id] = w.dictionaries[id].most(below) }()
	}
	p.add(kind)
	children, n := w.vector(table, fieldChildren, 4)
	for i := range n {
		if w.bad {
			break
		}
		if err := w.field(w.indirect(children+4*i), depth+1, p); err != nil {
			return err
		}
	}
	if w.bad {
		return errSchema
	}
	return nil
}
