package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	avo "github.com/mmcloughlin/avo/build"
	op "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const rodata = attr.RODATA | attr.NOPTR

// swapMiddle exchanges the two middle quarters of a vector (VPERMQ), which
// puts right what packing within 16-byte lanes left interleaved.
const swapMiddle = op.U8(0b11_01_10_00)

// begin starts a routine whose arguments do not escape.
func begin(ctx *avo.Context, name, signature string, doc ...string) {
	ctx.Function(name)
	ctx.Attributes(attr.NOSPLIT)
	ctx.SignatureExpr(signature)
	ctx.Doc(doc...)
	ctx.Pragma("noescape")
}

// repeat ends the loop that counts down and the routine, but for its results.
func repeat(ctx *avo.Context, count reg.Register) {
	ctx.DECQ(count)
	ctx.JNE(op.LabelRef("loop"))
	ctx.VZEROUPPER()
	ctx.RET()
}

// orderQuanta compares int16, 64 bars a word.
func orderQuanta(ctx *avo.Context) {
	begin(ctx, "orderQuantaAVX2", "func(gt, lt *uint64, a, b *int16, words int)",
		"orderQuantaAVX2 writes a > b to gt and a < b to lt, 64 bars a word.",
		"words is not 0.")
	masks := []reg.Register{ctx.Load(ctx.Param("gt"), ctx.GP64()), ctx.Load(ctx.Param("lt"), ctx.GP64())}
	a, b := ctx.Load(ctx.Param("a"), ctx.GP64()), ctx.Load(ctx.Param("b"), ctx.GP64())
	words := ctx.Load(ctx.Param("words"), ctx.GP64())
	ctx.Label("loop")
	for h := range 2 {
		var sides [2][2]reg.VecVirtual // of gt and lt: sixteen bars each
		for i := range 2 {
			x, y := ctx.YMM(), ctx.YMM()
			ctx.VMOVDQU(op.Mem{Base: a, Disp: 64*h + 32*i}, x)
			ctx.VMOVDQU(op.Mem{Base: b, Disp: 64*h + 32*i}, y)
			sides[0][i], sides[1][i] = ctx.YMM(), ctx.YMM()
			ctx.VPCMPGTW(y, x, sides[0][i])
			ctx.VPCMPGTW(x, y, sides[1][i])
		}
		for m, dst := range masks {
			packed, bits := ctx.YMM(), ctx.GP32()
			ctx.VPACKSSWB(sides[m][1], sides[m][0], packed)
			ctx.VPERMQ(swapMiddle, packed, packed)
			ctx.VPMOVMSKB(packed, bits)
			ctx.MOVL(bits, op.Mem{Base: dst, Disp: 4 * h})
		}
	}
	for _, dst := range masks {
		ctx.ADDQ(op.Imm(8), dst)
	}
	ctx.ADDQ(op.U32(128), a)
	ctx.ADDQ(op.U32(128), b)
	repeat(ctx, words)
}

// lessQuanta compares int16 of which none are equal, 64 bars a word.
func lessQuanta(ctx *avo.Context) {
	begin(ctx, "lessQuantaAVX2", "func(lt *uint64, a, b *int16, words int) (distinct bool)",
		"lessQuantaAVX2 writes a < b to lt, 64 bars a word, and reports whether a and b",
		"differ on every bar. words is not 0.")
	lt := ctx.Load(ctx.Param("lt"), ctx.GP64())
	a, b := ctx.Load(ctx.Param("a"), ctx.GP64()), ctx.Load(ctx.Param("b"), ctx.GP64())
	words := ctx.Load(ctx.Param("words"), ctx.GP64())
	least := ctx.YMM()
	ctx.VPCMPEQD(least, least, least)
	ctx.Label("loop")
	for h := range 2 {
		var less [2]reg.VecVirtual // negative where a < b, 0 where equal; so are its bytes
		for i := range less {
			less[i] = ctx.YMM()
			ctx.VMOVDQU(op.Mem{Base: a, Disp: 64*h + 32*i}, less[i])
			ctx.VPSUBSW(op.Mem{Base: b, Disp: 64*h + 32*i}, less[i], less[i])
		}
		bits := ctx.GP32()
		ctx.VPACKSSWB(less[1], less[0], less[0])
		ctx.VPMINUB(less[0], least, least)
		ctx.VPERMQ(swapMiddle, less[0], less[0])
		ctx.VPMOVMSKB(less[0], bits)
		ctx.MOVL(bits, op.Mem{Base: lt, Disp: 4 * h})
	}
	ctx.ADDQ(op.Imm(8), lt)
	ctx.ADDQ(op.U32(128), a)
	ctx.ADDQ(op.U32(128), b)
	ctx.DECQ(words)
	ctx.JNE(op.LabelRef("loop"))
	zero, bits := ctx.YMM(), ctx.GP32()
	ctx.VPXOR(zero, zero, zero)
	ctx.VPCMPEQB(zero, least, least)
	ctx.VPMOVMSKB(least, bits)
	ctx.TESTL(bits, bits)
	distinct, err := ctx.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err) // the signature is above
	}
	ctx.SETEQ(distinct.Addr)
	ctx.VZEROUPPER()
	ctx.RET()
}

// changes finds where a mask changes, 4 words a step.
func changes(ctx *avo.Context) {
	begin(ctx, "changesAVX2", "func(gt, up, down, lt *uint64, blocks int)",
		"changesAVX2 writes the complement of lt to gt, and the bars on which gt and lt",
		"begin to up and down, 4 words a block, as if the bar before the first were not",
		"in lt. blocks is not 0.")
	var masks [4]reg.Register // gt, up, down, lt
	for i, name := range []string{"gt", "up", "down", "lt"} {
		masks[i] = ctx.Load(ctx.Param(name), ctx.GP64())
	}
	blocks := ctx.Load(ctx.Param("blocks"), ctx.GP64())
	ones, last := ctx.YMM(), ctx.YMM()
	ctx.VPCMPEQD(ones, ones, ones)
	ctx.VPXOR(last, last, last)
	ctx.Label("loop")
	lt, turned, before, gt := ctx.YMM(), ctx.YMM(), ctx.YMM(), ctx.YMM()
	ctx.VMOVDQU(op.Mem{Base: masks[3]}, lt)
	ctx.VPERMQ(op.U8(0b10_01_00_11), lt, turned) // words 3, 0, 1, 2
	ctx.VPBLENDD(op.U8(3), last, turned, before) // and word 3 of the last block
	ctx.VMOVDQU(turned, last)
	ctx.VPSRLQ(op.U8(63), before, before)
	ctx.VPADDQ(lt, lt, gt)
	ctx.VPOR(gt, before, before) // lt of the bar before
	ctx.VPXOR(lt, before, before)
	ctx.VPXOR(lt, ones, gt)
	ctx.VMOVDQU(gt, op.Mem{Base: masks[0]})
	ctx.VPAND(gt, before, gt)
	ctx.VPAND(lt, before, lt)
	ctx.VMOVDQU(gt, op.Mem{Base: masks[1]})
	ctx.VMOVDQU(lt, op.Mem{Base: masks[2]})
	for _, m := range masks {
		ctx.ADDQ(op.Imm(32), m)
	}
	repeat(ctx, blocks)
}

// quantize maps 16 values a step.
func quantize(ctx *avo.Context) {
	begin(ctx, "quantizeAVX2", "func(dst *int16, src *float64, blocks int, lo, scale float64)",
		"quantizeAVX2 writes the quanta of 16 values a block. blocks is not 0.")
	dst, src := ctx.Load(ctx.Param("dst"), ctx.GP64()), ctx.Load(ctx.Param("src"), ctx.GP64())
	blocks := ctx.Load(ctx.Param("blocks"), ctx.GP64())
	lo, scale, zero, top, lowest := ctx.YMM(), ctx.YMM(), ctx.YMM(), ctx.YMM(), ctx.YMM()
	ctx.VBROADCASTSD(op.NewParamAddr("lo", 24), lo)
	ctx.VBROADCASTSD(op.NewParamAddr("scale", 32), scale)
	ctx.VXORPD(zero, zero, zero)
	ctx.VBROADCASTSD(ctx.ConstData("topQuantum", op.U64(math.Float64bits(math.MaxUint16))), top)
	ctx.VPBROADCASTD(ctx.ConstData("lowestQuantum", op.I32(math.MinInt16)), lowest)
	ctx.Label("loop")
	var eights [2]reg.VecVirtual
	for i := range eights {
		// Packing takes four values in turn from the lower and the upper
		// halves of both, so these hold values 0-3 and 8-11, 4-7 and 12-15.
		lower, upper := ctx.XMM(), ctx.XMM()
		for j, whole := range []reg.VecVirtual{lower, upper} {
			v := ctx.YMM()
			ctx.VMOVUPD(op.Mem{Base: src, Disp: 32 * (i + 2*j)}, v)
			ctx.VSUBPD(lo, v, v)
			ctx.VMULPD(scale, v, v)
			ctx.VMAXPD(zero, v, v) // the second source, zero, where v is NaN
			ctx.VMINPD(top, v, v)
			ctx.VCVTTPD2DQY(v, whole)
		}
		eights[i] = ctx.YMM()
		ctx.VINSERTI128(op.Imm(1), upper, lower.AsY(), eights[i])
		ctx.VPADDD(lowest, eights[i], eights[i])
	}
	ctx.VPACKSSDW(eights[1], eights[0], eights[0])
	ctx.VMOVDQU(eights[0], op.Mem{Base: dst})
	ctx.ADDQ(op.Imm(32), dst)
	ctx.ADDQ(op.U32(128), src)
	repeat(ctx, blocks)
}

// extent finds the least and the greatest finite value, 8 values a step.
func extent(ctx *avo.Context) {
	begin(ctx, "rangeAVX2", "func(lo, hi *[4]float64, src *float64, blocks int)",
		"rangeAVX2 lowers lo and raises hi to the finite values of 8 a block, value i",
		"of the block to element i%4. blocks is not 0.")
	lo, hi := ctx.Load(ctx.Param("lo"), ctx.GP64()), ctx.Load(ctx.Param("hi"), ctx.GP64())
	src, blocks := ctx.Load(ctx.Param("src"), ctx.GP64()), ctx.Load(ctx.Param("blocks"), ctx.GP64())
	var least, greatest [2]reg.VecVirtual // two of each, so that a step does not wait for the one before
	for i := range 2 {
		least[i], greatest[i] = ctx.YMM(), ctx.YMM()
		ctx.VMOVUPD(op.Mem{Base: lo}, least[i])
		ctx.VMOVUPD(op.Mem{Base: hi}, greatest[i])
	}
	ctx.Label("loop")
	for i := range 2 {
		v, finite := ctx.YMM(), ctx.YMM()
		ctx.VMOVUPD(op.Mem{Base: src, Disp: 32 * i}, v)
		// x + (x - x) is x, or NaN where x is not finite; of NaN and another
		// value, minimum and maximum take the second source, the one so far.
		ctx.VSUBPD(v, v, finite)
		ctx.VADDPD(finite, v, v)
		ctx.VMINPD(least[i], v, least[i])
		ctx.VMAXPD(greatest[i], v, greatest[i])
	}
	ctx.ADDQ(op.Imm(64), src)
	ctx.DECQ(blocks)
	ctx.JNE(op.LabelRef("loop"))
	ctx.VMINPD(least[1], least[0], least[0])
	ctx.VMAXPD(greatest[1], greatest[0], greatest[0])
	ctx.VMOVUPD(least[0], op.Mem{Base: lo})
	ctx.VMOVUPD(greatest[0], op.Mem{Base: hi})
	ctx.VZEROUPPER()
	ctx.RET()
}
