package main

import (
	"fmt"

	avo "github.com/mmcloughlin/avo/build"
	op "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Predicates of VCMPPD: all are false where a side is NaN, and raise no flag.
const (
	greater      = 0x1e // GT_OQ
	greaterEqual = 0x1d // GE_OQ
	less         = 0x11 // LT_OQ
	lessEqual    = 0x12 // LE_OQ
	equal        = 0x00 // EQ_OQ
	notEqual     = 0x0c // NEQ_OQ
)

// A comparison is a routine that compares two columns of float64 and writes a
// mask for each predicate.
type comparison struct {
	name  string
	doc   string
	masks []mask
}

type mask struct {
	param     string
	predicate uint8
}

func comparisons(ctx *avo.Context, place op.Mem) {
	for _, c := range []comparison{
		{"orderAVX2", "a > b to gt and a < b to lt", []mask{{"gt", greater}, {"lt", less}}},
		{"greaterAVX2", "a > b to dst", []mask{{"dst", greater}}},
		{"greaterEqualAVX2", "a >= b to dst", []mask{{"dst", greaterEqual}}},
		{"equalAVX2", "a == b to dst", []mask{{"dst", equal}}},
		{"notEqualAVX2", "a != b, both known, to dst", []mask{{"dst", notEqual}}},
	} {
		c.build(ctx, place)
	}
}

// placement is where VPSHUFB takes each byte of a 16-byte lane from, after the
// packing of [half]: bar 4k+j of the sixteen is lane j of compare
// k. Each pair of compares left the bytes x0 y0 x1 y1 of their lower lanes in
// the first eight, and those of their upper lanes in the last eight.
func placement(ctx *avo.Context) op.Mem {
	data := ctx.StaticGlobal("placement")
	ctx.DataAttributes(rodata)
	for i := range 32 {
		k, j := i%16/4, i%4
		ctx.AddDatum(i, op.U8(j/2*8+k/2*4+j%2*2+k%2))
	}
	return data
}

func (c comparison) build(ctx *avo.Context, place op.Mem) {
	params := ""
	for _, m := range c.masks {
		params += m.param + ", "
	}
	begin(ctx, c.name, fmt.Sprintf("func(%s *uint64, a, b *float64, words, aStep, bStep int)", params[:len(params)-2]),
		c.name+" writes "+c.doc+", 64 bars a word. The steps are the bytes",
		"from the bars of one word to those of the next. words is not 0.")
	var dst []reg.Register
	for _, m := range c.masks {
		dst = append(dst, ctx.Load(ctx.Param(m.param), ctx.GP64()))
	}
	a, b := ctx.Load(ctx.Param("a"), ctx.GP64()), ctx.Load(ctx.Param("b"), ctx.GP64())
	words := ctx.Load(ctx.Param("words"), ctx.GP64())
	aStep, bStep := ctx.Load(ctx.Param("aStep"), ctx.GP64()), ctx.Load(ctx.Param("bStep"), ctx.GP64())
	order := ctx.YMM()
	ctx.VMOVDQU(place, order)
	ctx.Label("loop")
	for h := range 2 {
		half(ctx, dst, order, h, func(at int) []reg.VecVirtual { return c.four(ctx, a, b, at) })
	}
	for _, d := range dst {
		ctx.ADDQ(op.Imm(8), d)
	}
	ctx.ADDQ(aStep, a)
	ctx.ADDQ(bStep, b)
	repeat(ctx, words)
}

// half compares 32 bars, four of them at an offset in bytes at a time, and stores
// the bits of each mask as half a word. Masks of 64 bits
// a bar shrink to a byte a bar by one blend and two packs, which is 1.7 times
// as fast as sixteen VMOVMSKPD a word: their bits must be shifted together one
// after the other.
func half(ctx *avo.Context, dst []reg.Register, order reg.Register, h int, four func(at int) []reg.VecVirtual) {
	bytes := make([][2]reg.VecVirtual, len(dst)) // of each mask: 16 bits a bar, sixteen bars each
	for q := range 2 {
		pairs := make([][2]reg.VecVirtual, len(dst)) // 32 bits a bar, eight bars each
		for p := range 2 {
			at := 32 * (8*h + 4*q + 2*p)
			even, odd := four(at), four(at+32)
			for m := range dst {
				pairs[m][p] = ctx.YMM()
				ctx.VBLENDPS(op.Imm(0b10101010), odd[m], even[m], pairs[m][p])
			}
		}
		for m := range dst {
			bytes[m][q] = ctx.YMM()
			ctx.VPACKSSDW(pairs[m][1], pairs[m][0], bytes[m][q])
		}
	}
	for m, d := range dst {
		packed, bits := ctx.YMM(), ctx.GP32()
		ctx.VPACKSSWB(bytes[m][1], bytes[m][0], packed)
		ctx.VPERMQ(swapMiddle, packed, packed)
		ctx.VPSHUFB(order, packed, packed)
		ctx.VPMOVMSKB(packed, bits)
		ctx.MOVL(bits, op.Mem{Base: d, Disp: 4 * h})
	}
}

// four compares the four bars at an offset in bytes, by each predicate.
func (c comparison) four(ctx *avo.Context, a, b reg.Register, at int) []reg.VecVirtual {
	x, y := ctx.YMM(), ctx.YMM()
	ctx.VMOVUPD(op.Mem{Base: a, Disp: at}, x)
	ctx.VMOVUPD(op.Mem{Base: b, Disp: at}, y)
	var results []reg.VecVirtual
	for _, m := range c.masks {
		r := ctx.YMM()
		ctx.VCMPPD(op.Imm(uint64(m.predicate)), y, x, r)
		results = append(results, r)
	}
	return results
}
