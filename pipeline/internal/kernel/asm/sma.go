package main

import (
	"math"

	avo "github.com/mmcloughlin/avo/build"
	op "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// wholeBits are the bits of 1.5 × 2^52. A float64 to which it has been added
// has no bits left for a fraction, and the bits of the sum are wholeBits plus
// the whole number: they convert between float64 and int64 up to 2^51.
const wholeBits = op.U64(0x4338000000000000)

func decimalSMA(ctx *avo.Context, place op.Mem) {
	whole := ctx.ConstData("whole", wholeBits)
	sumUnits(ctx, whole)
	orderUnits(ctx, place, whole)
	averageUnits(ctx, whole, ctx.ConstData("one", op.U64(math.Float64bits(1))))
}

// repeated loads an 8-byte value four times.
func repeated(ctx *avo.Context, at op.Mem) reg.VecVirtual {
	v := ctx.YMM()
	ctx.VBROADCASTSD(at, v)
	return v
}

// quotient divides by a constant without a division: dst = x / d, rounded as a
// division rounds it, given d and the float64 nearest to 1 / d. Two corrections
// by the remainder, which a fused multiplication computes exactly, do it: the
// first leaves an error below one unit in the last place, and then the second is
// right (P. Markstein, IBM J. Res. Dev. 34, 1990, theorem 4). Nothing may
// overflow, nor lose bits to denormal numbers, which whole numbers up to 2^51
// and their quotients are far from. dst is neither x nor another operand.
func quotient(ctx *avo.Context, x, d, inverse, dst reg.VecVirtual) {
	rest := ctx.YMM()
	ctx.VMULPD(inverse, x, dst)
	for range 2 {
		ctx.VMOVUPD(x, rest)
		ctx.VFNMADD231PD(dst, d, rest) // x - dst × d
		ctx.VFMADD231PD(inverse, rest, dst)
	}
}

// reciprocal returns 1 / d.
func reciprocal(ctx *avo.Context, one op.Mem, d reg.VecVirtual) reg.VecVirtual {
	v := repeated(ctx, one)
	ctx.VDIVPD(d, v, v)
	return v
}

// sumUnits converts 8 values a step and adds them up.
//
// A value x is the float64 nearest to u / scale, u being a whole number, where
// they are half a unit in the last place of x apart at most: |x × scale − u| is at
// most scale × that. A fused multiplication computes the left side exactly, as
// both sides are small multiples of the last place of x. The right side is
// scale × 2^-53 × the power of two below x, exactly, which its exponent alone is.
// A tie, and a power of two whose lower neighbours are nearer, would need a u
// beyond 2^51, or one that is whole and then equal; and zero is itself.
func sumUnits(ctx *avo.Context, whole op.Mem) {
	begin(ctx, "sumUnitsAVX2", "func(dst, src *float64, blocks int, before, scale, limit float64) (done int)",
		"sumUnitsAVX2 writes the prefix sums of src × scale as the bits of int64, 8 a",
		"block, from those of before on, and stops before the block that has a value",
		"which is not a whole number / scale, or × scale is beyond limit. scale is below",
		"2^53, limit at most 2^51. blocks is not 0.")
	dst, src := ctx.Load(ctx.Param("dst"), ctx.GP64()), ctx.Load(ctx.Param("src"), ctx.GP64())
	blocks := ctx.Load(ctx.Param("blocks"), ctx.GP64())
	sum := repeated(ctx, op.NewParamAddr("before", 24))
	scale, limit := repeated(ctx, op.NewParamAddr("scale", 32)), repeated(ctx, op.NewParamAddr("limit", 40))
	shift, magnitude := repeated(ctx, whole), repeated(ctx, ctx.ConstData("magnitude", op.U64(math.MaxInt64)))
	power := repeated(ctx, ctx.ConstData("power", op.U64(math.Float64bits(math.Inf(1)))))
	half := repeated(ctx, ctx.ConstData("half", op.U64(math.Float64bits(1.0/(1<<53)))))
	ctx.VMULPD(scale, half, half)
	zero, done := ctx.YMM(), ctx.GP64()
	ctx.VPXOR(zero, zero, zero)
	ctx.XORQ(done, done)
	ctx.Label("loop")
	var units [2]reg.VecVirtual
	fits := ctx.YMM()
	for i := range units {
		x, u, is := ctx.YMM(), ctx.YMM(), ctx.YMM()
		units[i] = ctx.YMM()
		ctx.VMOVUPD(op.Mem{Base: src, Disp: 32 * i}, x)
		ctx.VMULPD(scale, x, units[i])
		ctx.VADDPD(shift, units[i], units[i])
		ctx.VSUBPD(shift, units[i], u)
		ctx.VPSUBQ(shift, units[i], units[i])
		ctx.VANDPD(power, x, is)
		ctx.VMULPD(half, is, is)
		ctx.VFMSUB213PD(u, scale, x) // x × scale - u
		ctx.VANDPD(magnitude, x, x)
		ctx.VCMPPD(op.Imm(lessEqual), is, x, is)
		ctx.VANDPD(magnitude, u, u)
		ctx.VCMPPD(op.Imm(lessEqual), limit, u, u)
		if i == 0 {
			ctx.VANDPD(u, is, fits)
		} else {
			ctx.VANDPD(u, fits, fits)
			ctx.VANDPD(is, fits, fits)
		}
	}
	bits := ctx.GP32()
	ctx.VMOVMSKPD(fits, bits)
	ctx.CMPL(bits, op.Imm(0b1111))
	ctx.JNE(op.LabelRef("end"))
	for i, v := range units {
		// a b c d → a, a+b, c, c+d → a, a+b, a+b+c, a+b+c+d → + the sum so far.
		carry := ctx.YMM()
		ctx.VPSLLDQ(op.Imm(8), v, carry)
		ctx.VPADDQ(carry, v, v)
		ctx.VPERMQ(op.Imm(0b01_01_01_01), v, carry)
		ctx.VPBLENDD(op.Imm(0b1111_0000), carry, zero, carry)
		ctx.VPADDQ(carry, v, v)
		ctx.VPERMQ(op.Imm(0b11_11_11_11), v, carry)
		ctx.VPADDQ(sum, v, v)
		ctx.VPADDQ(carry, sum, sum)
		ctx.VMOVDQU(v, op.Mem{Base: dst, Disp: 32 * i})
	}
	ctx.ADDQ(op.Imm(64), src)
	ctx.ADDQ(op.Imm(64), dst)
	ctx.INCQ(done)
	ctx.CMPQ(done, blocks)
	ctx.JNE(op.LabelRef("loop"))
	ctx.Label("end")
	ctx.VZEROUPPER()
	ctx.Store(done, ctx.Return("done"))
	ctx.RET()
}

// averageUnits goes backwards, because dst may be the sums.
func averageUnits(ctx *avo.Context, whole, one op.Mem) {
	begin(ctx, "averageUnitsAVX2", "func(dst, sums *float64, blocks, lag int, divisor float64)",
		"averageUnitsAVX2 writes 4 averages a block: each the sum less that of lag bytes",
		"before it, / divisor. dst and sums are the last block, which no other needs; it",
		"goes to the first. Differences are at most 2^51. blocks is not 0.")
	dst, sums := ctx.Load(ctx.Param("dst"), ctx.GP64()), ctx.Load(ctx.Param("sums"), ctx.GP64())
	blocks, before := ctx.Load(ctx.Param("blocks"), ctx.GP64()), ctx.Load(ctx.Param("lag"), ctx.GP64())
	divisor, shift := repeated(ctx, op.NewParamAddr("divisor", 32)), repeated(ctx, whole)
	inverse := reciprocal(ctx, one, divisor)
	ctx.NEGQ(before)
	ctx.ADDQ(sums, before)
	ctx.Label("loop")
	v, average := ctx.YMM(), ctx.YMM()
	ctx.VMOVDQU(op.Mem{Base: sums}, v)
	ctx.VPSUBQ(op.Mem{Base: before}, v, v)
	ctx.VPADDQ(shift, v, v)
	ctx.VSUBPD(shift, v, v)
	quotient(ctx, v, divisor, inverse, average)
	ctx.VMOVUPD(average, op.Mem{Base: dst})
	for _, at := range []reg.Register{dst, sums, before} {
		ctx.SUBQ(op.Imm(32), at)
	}
	repeat(ctx, blocks)
}

// orderUnits compares averages of whole numbers without computing them: x / a and
// y / b are in the order of x × b and y × a, which are exact.
func orderUnits(ctx *avo.Context, place, whole op.Mem) {
	begin(ctx, "orderUnitsAVX2", "func(gt, lt *uint64, sums *float64, words, aLag, bLag int, a, b float64)",
		"orderUnitsAVX2 writes x × b > y × a to gt and x × b < y × a to lt, 64 bars a",
		"word: x is the sum less that of aLag bytes before it, y that of bLag. Products",
		"are at most 2^53. words is not 0.")
	dst := []reg.Register{ctx.Load(ctx.Param("gt"), ctx.GP64()), ctx.Load(ctx.Param("lt"), ctx.GP64())}
	sums, words := ctx.Load(ctx.Param("sums"), ctx.GP64()), ctx.Load(ctx.Param("words"), ctx.GP64())
	var before [2]reg.Register
	for i, name := range []string{"aLag", "bLag"} {
		before[i] = ctx.Load(ctx.Param(name), ctx.GP64())
		ctx.NEGQ(before[i])
		ctx.ADDQ(sums, before[i])
	}
	factor := [2]reg.VecVirtual{repeated(ctx, op.NewParamAddr("b", 56)), repeated(ctx, op.NewParamAddr("a", 48))}
	shift, order := repeated(ctx, whole), ctx.YMM()
	ctx.VMOVDQU(place, order)
	ctx.Label("loop")
	for h := range 2 {
		half(ctx, dst, order, h, func(at int) []reg.VecVirtual {
			var side [2]reg.VecVirtual
			for i := range side {
				side[i] = ctx.YMM()
				ctx.VMOVDQU(op.Mem{Base: sums, Disp: at}, side[i])
				ctx.VPSUBQ(op.Mem{Base: before[i], Disp: at}, side[i], side[i])
				ctx.VPADDQ(shift, side[i], side[i])
				ctx.VSUBPD(shift, side[i], side[i])
				ctx.VMULPD(factor[i], side[i], side[i])
			}
			gt := ctx.YMM()
			ctx.VCMPPD(op.Imm(greater), side[1], side[0], gt)
			ctx.VCMPPD(op.Imm(less), side[1], side[0], side[0])
			return []reg.VecVirtual{gt, side[0]}
		})
	}
	for _, at := range dst {
		ctx.ADDQ(op.Imm(8), at)
	}
	for _, at := range []reg.Register{sums, before[0], before[1]} {
		ctx.ADDQ(op.U32(512), at)
	}
	repeat(ctx, words)
}
