package main

import (
	"math"

	avo "github.com/mmcloughlin/avo/build"
	op "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// notGreater and notLess are predicates of VCMPPD that are true where a side is
// NaN, notLessEqual too.
const (
	notGreater   = 0x1a // NGT_UQ
	notLess      = 0x15 // NLT_UQ
	notLessEqual = 0x16 // NLE_UQ
)

// holding are the registers of [hold].
type holding struct {
	rf, one, zero                             reg.VecVirtual
	kappa                                     reg.VecVirtual // nil where there is no cash beside the position
	returns, squares, below, downside, prices reg.VecVirtual
	high, low                                 reg.VecVirtual
}

// hold adds up the bars of a position, 4 a step and one a lane. What is left in
// the end is a step of its own whose other lanes are masked: they add 0.
func hold(ctx *avo.Context, masks op.Mem) {
	begin(ctx, "holdAVX2", "func(dst *[7]float64, closes *float64, bars int, rf float64)",
		"holdAVX2 writes the sums of returns, their squares, what is below rf and its",
		"squares, the sum, the greatest and the least of the closes: bar i is added to",
		"lane i%4, and the lanes as (0 + 1) + (2 + 3). closes begins with the close",
		"before the bars. bars is not 0.")
	heldBars(ctx, masks, nil)
}

// holdAffine is hold for an account that has cash beside its position, kappa a
// unit.
func holdAffine(ctx *avo.Context, masks op.Mem) {
	begin(ctx, "holdAffineAVX2", "func(dst *[7]float64, closes *float64, bars int, rf, kappa float64)",
		"holdAffineAVX2 is holdAVX2 with returns of (close - previous) / (kappa + previous).")
	heldBars(ctx, masks, func() reg.VecVirtual { return repeated(ctx, op.NewParamAddr("kappa", 32)) })
}

// heldBars is the body of both.
func heldBars(ctx *avo.Context, masks op.Mem, kappa func() reg.VecVirtual) {
	dst, closes := ctx.Load(ctx.Param("dst"), ctx.GP64()), ctx.Load(ctx.Param("closes"), ctx.GP64())
	bars := ctx.Load(ctx.Param("bars"), ctx.GP64())
	h := holding{rf: repeated(ctx, op.NewParamAddr("rf", 24))}
	if kappa != nil {
		h.kappa = kappa()
	} else {
		h.one = repeated(ctx, ctx.ConstData("holdOne", op.U64(math.Float64bits(1))))
	}
	h.high, h.low = repeated(ctx, op.Mem{Base: closes, Disp: 8}), ctx.YMM()
	ctx.VMOVUPD(h.high, h.low)
	for _, v := range []*reg.VecVirtual{&h.zero, &h.returns, &h.squares, &h.below, &h.downside, &h.prices} {
		*v = ctx.YMM()
		ctx.VXORPD(*v, *v, *v)
	}
	steps := ctx.GP64()
	ctx.MOVQ(bars, steps)
	ctx.SHRQ(op.U8(2), steps)
	ctx.JZ(op.LabelRef("rest"))
	ctx.Label("loop")
	previous, close := ctx.YMM(), ctx.YMM()
	ctx.VMOVUPD(op.Mem{Base: closes}, previous)
	ctx.VMOVUPD(op.Mem{Base: closes, Disp: 8}, close)
	h.step(ctx, previous, close, nil)
	ctx.ADDQ(op.Imm(32), closes)
	ctx.DECQ(steps)
	ctx.JNE(op.LabelRef("loop"))
	ctx.Label("rest")
	ctx.ANDQ(op.Imm(3), bars)
	ctx.JZ(op.LabelRef("end"))
	table, mask := ctx.GP64(), ctx.YMM()
	ctx.LEAQ(masks, table)
	ctx.NEGQ(bars)
	ctx.VMOVDQU(op.Mem{Base: table, Disp: 24, Index: bars, Scale: 8}, mask)
	previous, close = ctx.YMM(), ctx.YMM()
	ctx.VMASKMOVPD(op.Mem{Base: closes}, mask, previous)
	ctx.VMASKMOVPD(op.Mem{Base: closes, Disp: 8}, mask, close)
	h.step(ctx, previous, close, mask)
	ctx.Label("end")
	h.store(ctx, dst)
	ctx.VZEROUPPER()
	ctx.RET()
}

// laneMasks are three lanes that are set and three that are not: a load that
// begins 3 - n lanes in finds the first n set.
func laneMasks(ctx *avo.Context) op.Mem {
	data := ctx.StaticGlobal("laneMasks")
	ctx.DataAttributes(rodata)
	for i := range 6 {
		v := op.U64(0)
		if i < 3 {
			v = math.MaxUint64
		}
		ctx.AddDatum(8*i, v)
	}
	return data
}

// step adds four bars, those of the mask where there is one: the others have
// closes of 0 and are none.
func (h *holding) step(ctx *avo.Context, previous, close, mask reg.VecVirtual) {
	r, loss, x := ctx.YMM(), ctx.YMM(), ctx.YMM()
	if h.kappa == nil {
		ctx.VDIVPD(previous, close, r)
		ctx.VSUBPD(h.one, r, r)
	} else {
		ctx.VSUBPD(previous, close, r)
		ctx.VADDPD(h.kappa, previous, previous)
		ctx.VDIVPD(previous, r, r)
	}
	ctx.VSUBPD(h.rf, r, loss)
	ctx.VMINPD(h.zero, loss, loss)
	if mask != nil {
		ctx.VANDPD(mask, r, r)
		ctx.VANDPD(mask, loss, loss)
	}
	ctx.VADDPD(r, h.returns, h.returns)
	ctx.VMULPD(r, r, r)
	ctx.VADDPD(r, h.squares, h.squares)
	ctx.VSUBPD(loss, h.below, h.below)
	ctx.VMULPD(loss, loss, loss)
	ctx.VADDPD(loss, h.downside, h.downside)
	ctx.VADDPD(close, h.prices, h.prices)
	// Of NaN and another value, both take the second source, the one so far.
	if mask != nil {
		ctx.VBLENDVPD(mask, close, h.high, x)
		ctx.VMAXPD(h.high, x, h.high)
		ctx.VBLENDVPD(mask, close, h.low, x)
		ctx.VMINPD(h.low, x, h.low)
		return
	}
	ctx.VMAXPD(h.high, close, h.high)
	ctx.VMINPD(h.low, close, h.low)
}

// store adds the lanes up and writes the results.
func (h *holding) store(ctx *avo.Context, dst reg.Register) {
	ctx.VHADDPD(h.squares, h.returns, h.returns)
	ctx.VHADDPD(h.downside, h.below, h.below)
	first := ctx.YMM()
	ctx.VPERM2F128(op.U8(0x20), h.below, h.returns, first)
	ctx.VPERM2F128(op.U8(0x31), h.below, h.returns, h.returns)
	ctx.VADDPD(h.returns, first, first)
	ctx.VMOVUPD(first, op.Mem{Base: dst})
	ctx.VHADDPD(h.prices, h.prices, h.prices)
	half := ctx.XMM()
	for i, v := range []reg.VecVirtual{h.prices, h.high, h.low} {
		ctx.VEXTRACTF128(op.Imm(1), v, half)
		low := v.AsX()
		switch i {
		case 0:
			ctx.VADDSD(half, low, low)
		case 1:
			ctx.VMAXPD(half, low, low)
			ctx.VPERMILPD(op.Imm(1), low, half)
			ctx.VMAXSD(half, low, low)
		default:
			ctx.VMINPD(half, low, low)
			ctx.VPERMILPD(op.Imm(1), low, half)
			ctx.VMINSD(half, low, low)
		}
		ctx.VMOVSD(low, op.Mem{Base: dst, Disp: 32 + 8*i})
	}
}

// inside finds the first bar that is not inside, 8 bars a step.
func inside(ctx *avo.Context) {
	begin(ctx, "insideAVX2", "func(low, open, high *float64, blocks int, floor, ceiling float64) (done int)",
		"insideAVX2 counts blocks of 8 bars up to the first in which a bar is not inside.",
		"blocks is not 0.")
	low, open := ctx.Load(ctx.Param("low"), ctx.GP64()), ctx.Load(ctx.Param("open"), ctx.GP64())
	high, blocks := ctx.Load(ctx.Param("high"), ctx.GP64()), ctx.Load(ctx.Param("blocks"), ctx.GP64())
	floor, ceiling := repeated(ctx, op.NewParamAddr("floor", 32)), repeated(ctx, op.NewParamAddr("ceiling", 40))
	done := ctx.GP64()
	ctx.XORQ(done, done)
	ctx.Label("loop")
	outside := ctx.YMM()
	for i := range 2 {
		l, o, h, x := ctx.YMM(), ctx.YMM(), ctx.YMM(), ctx.YMM()
		ctx.VMOVUPD(op.Mem{Base: low, Disp: 32 * i}, l)
		ctx.VMOVUPD(op.Mem{Base: open, Disp: 32 * i}, o)
		ctx.VMOVUPD(op.Mem{Base: high, Disp: 32 * i}, h)
		ctx.VCMPPD(op.Imm(notGreater), floor, l, x)
		if i == 0 {
			ctx.VMOVUPD(x, outside)
		} else {
			ctx.VORPD(x, outside, outside)
		}
		ctx.VCMPPD(op.Imm(notLess), ceiling, h, x)
		ctx.VORPD(x, outside, outside)
		ctx.VCMPPD(op.Imm(notLessEqual), o, l, x)
		ctx.VORPD(x, outside, outside)
		ctx.VCMPPD(op.Imm(notLessEqual), h, o, x)
		ctx.VORPD(x, outside, outside)
	}
	bits := ctx.GP32()
	ctx.VMOVMSKPD(outside, bits)
	ctx.TESTL(bits, bits)
	ctx.JNE(op.LabelRef("end"))
	for _, at := range []reg.Register{low, open, high} {
		ctx.ADDQ(op.Imm(64), at)
	}
	ctx.INCQ(done)
	ctx.CMPQ(done, blocks)
	ctx.JNE(op.LabelRef("loop"))
	ctx.Label("end")
	ctx.VZEROUPPER()
	ctx.Store(done, ctx.Return("done"))
	ctx.RET()
}
