package main

import (
	"math"

	avo "github.com/mmcloughlin/avo/build"
	op "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Where the fields of kernel.ClosedTrades, kernel.OrderRow and kernel.Extent are: a test of
// package kernel holds them to that.
const (
	tripSums = 8 * iota
	_
	_
	_
	tripWon
	_
	tripLost
	_
	tripEquity
	tripIncome
	tripApart
	tripApart2
	tripWins
	tripInvested
	tripAt
	tripCash
	tripUnits
	tripPrice
	tripInverse
	tripCloses
	tripHigh
	tripFloor
	tripRatio
	tripBest
	tripWorst
	tripShift
	tripHeld
	tripHighest
	tripLowest
	tripCommission
)

const (
	lineCloses  = 32
	linePrice   = 40
	lineFactor  = 48
	lineInverse = 56
	lineShift   = 6 // log2 of the size
	exitLines   = 1024 << lineShift

	extentHigh  = 0
	extentLow   = 8
	extentRatio = 16
	extentSize  = 24
	rangeLevel  = 1024 * extentSize
)

// closedRegisters are the registers of [closedTrades].
type closedRegisters struct {
	account, lines, ranges, orders, left reg.Register
	at, bar, line, invested              reg.GPVirtual
	sums, won, lost                      reg.VecVirtual // vectors
	equity, units, price, closes         reg.VecVirtual // numbers, as all below
	cash, high, floor, income            reg.VecVirtual
}

// field is a field of the account.
func (r *closedRegisters) field(offset int) op.Mem { return op.Mem{Base: r.account, Disp: offset} }

// of is a field of the line of the current bar.
func (r *closedRegisters) of(offset int) op.Mem { return op.Mem{Base: r.line, Disp: offset} }

// closedTrades is one loop over orders, entries and exits in turn. What most orders
// need is kept in registers.
func closedTrades(ctx *avo.Context) {
	begin(ctx, "runClosedTradesAVX2", "func(t, table, ranges *float64, orders *int32, n int)",
		"runClosedTradesAVX2 is runClosedTradesGo of n orders, which is not 0.")
	r := &closedRegisters{
		account: ctx.Load(ctx.Param("t"), ctx.GP64()), lines: ctx.Load(ctx.Param("table"), ctx.GP64()),
		ranges: ctx.Load(ctx.Param("ranges"), ctx.GP64()), orders: ctx.Load(ctx.Param("orders"), ctx.GP64()),
		left: ctx.Load(ctx.Param("n"), ctx.GP64()),
		at:   ctx.GP64(), bar: ctx.GP64(), line: ctx.GP64(), invested: ctx.GP64(),
	}
	numbers := []struct {
		v     *reg.VecVirtual
		field int
	}{
		{&r.equity, tripEquity}, {&r.units, tripUnits}, {&r.price, tripPrice}, {&r.closes, tripCloses},
		{&r.cash, tripCash}, {&r.high, tripHigh}, {&r.floor, tripFloor}, {&r.income, tripIncome},
	}
	for _, n := range numbers {
		*n.v = ctx.XMM()
		ctx.VMOVSD(r.field(n.field), *n.v)
	}
	r.sums, r.won, r.lost = ctx.YMM(), ctx.XMM(), ctx.XMM()
	ctx.VMOVUPD(r.field(tripSums), r.sums)
	ctx.VMOVUPD(r.field(tripWon), r.won)
	ctx.VMOVUPD(r.field(tripLost), r.lost)
	ctx.MOVQ(r.field(tripAt), r.at)
	ctx.MOVQ(r.field(tripInvested), r.invested)
	ctx.CMPQ(r.field(tripHeld), op.Imm(0))
	ctx.JNE(op.LabelRef("exit"))

	ctx.Label("entry")
	r.next(ctx, 0)
	since, x := ctx.GP64(), ctx.XMM()
	ctx.MOVQ(r.bar, since)
	ctx.SUBQ(r.at, since)
	ctx.VXORPD(x, x, x)
	ctx.VCVTSI2SDQ(since, x, x)
	ctx.VMULSD(r.cash, x, x)
	ctx.VADDSD(x, r.equity, r.equity)
	ctx.VMULSD(r.of(lineFactor), r.cash, r.units)
	ctx.VMOVSD(r.of(linePrice), r.price)
	ctx.VMOVSD(r.of(lineCloses), r.closes)
	inverse := ctx.GP64()
	ctx.MOVQ(r.of(lineInverse), inverse)
	ctx.MOVQ(inverse, r.field(tripInverse))
	ctx.MOVQ(r.bar, r.at)
	ctx.MOVQ(op.U32(1), r.field(tripHeld))
	ctx.DECQ(r.left)
	ctx.JE(op.LabelRef("end"))

	ctx.Label("exit")
	r.next(ctx, exitLines)
	y := ctx.XMM()
	ctx.VMOVSD(r.of(lineCloses), y)
	ctx.VSUBSD(r.closes, y, y)
	ctx.VMULSD(r.units, y, y)
	ctx.VADDSD(y, r.equity, r.equity)
	ctx.CMPQ(r.at, r.bar)
	ctx.JE(op.LabelRef("sell")) // nothing was held on this tile
	extreme := ctx.XMM()
	ctx.VMULSD(r.field(tripHighest), r.units, extreme)
	ctx.VUCOMISD(r.high, extreme)
	ctx.JA(op.LabelRef("extremes"))
	ctx.VMULSD(r.field(tripLowest), r.units, extreme)
	ctx.VUCOMISD(extreme, r.floor)
	ctx.JA(op.LabelRef("extremes"))
	ctx.Label("sell")
	ctx.VMULSD(r.of(lineFactor), r.units, r.cash)
	ctx.VADDSD(r.cash, r.income, r.income)
	ctx.VUCOMISD(r.cash, r.floor)
	ctx.JA(op.LabelRef("fall"))
	ctx.VUCOMISD(r.high, r.cash)
	ctx.JA(op.LabelRef("rise"))
	ctx.Label("trade")
	r.trade(ctx)
	held := ctx.GP64()
	ctx.MOVQ(r.bar, held)
	ctx.SUBQ(r.at, held)
	ctx.ADDQ(held, r.invested)
	ctx.MOVQ(r.bar, r.at)
	ctx.MOVQ(op.U32(0), r.field(tripHeld))
	ctx.DECQ(r.left)
	ctx.JNE(op.LabelRef("entry"))

	ctx.Label("end")
	for _, n := range numbers {
		ctx.VMOVSD(*n.v, r.field(n.field))
	}
	ctx.VMOVUPD(r.sums, r.field(tripSums))
	ctx.VMOVUPD(r.won, r.field(tripWon))
	ctx.VMOVUPD(r.lost, r.field(tripLost))
	ctx.MOVQ(r.at, r.field(tripAt))
	ctx.MOVQ(r.invested, r.field(tripInvested))
	ctx.VZEROUPPER()
	ctx.RET()

	r.rare(ctx)
}

// next goes to the line of the next order and adds its sums.
func (r *closedRegisters) next(ctx *avo.Context, lines int) {
	ctx.MOVLQSX(op.Mem{Base: r.orders}, r.bar)
	ctx.ADDQ(op.Imm(4), r.orders)
	ctx.MOVQ(r.bar, r.line)
	ctx.SHLQ(op.Imm(lineShift), r.line)
	ctx.ADDQ(r.lines, r.line)
	if lines > 0 {
		ctx.ADDQ(op.U32(lines), r.line)
	}
	ctx.VADDPD(r.of(0), r.sums, r.sums)
}

// trade adds the trade that the current bar ends.
func (r *closedRegisters) trade(ctx *avo.Context) {
	gain, costs, pair := ctx.XMM(), ctx.XMM(), ctx.XMM()
	ctx.VMOVSD(r.of(linePrice), gain)
	ctx.VADDSD(r.price, gain, costs)
	ctx.VSUBSD(r.price, gain, gain)
	ctx.VMULSD(r.field(tripCommission), costs, costs)
	ctx.VSUBSD(costs, gain, gain)
	ret, won := ctx.XMM(), ctx.XMM()
	ctx.VMULSD(r.field(tripInverse), gain, ret)
	ctx.VMULSD(r.units, gain, gain) // the pnl
	ctx.VUNPCKLPD(ret, gain, pair)
	ctx.VXORPD(won, won, won)
	ctx.VCMPSD(op.Imm(greaterOQ), won, gain, won)
	wins := ctx.GP64()
	ctx.VMOVQ(won, wins)
	ctx.SUBQ(wins, r.field(tripWins))
	ctx.VMOVDDUP(won, won)
	part := ctx.XMM()
	ctx.VANDPD(pair, won, part)
	ctx.VADDPD(part, r.won, r.won)
	ctx.VANDNPD(pair, won, part)
	ctx.VADDPD(part, r.lost, r.lost)
	best := ctx.XMM()
	ctx.VMAXSD(r.field(tripBest), ret, best)
	ctx.VMOVSD(best, r.field(tripBest))
	ctx.VMINSD(r.field(tripWorst), ret, best)
	ctx.VMOVSD(best, r.field(tripWorst))
	ctx.VSUBSD(r.field(tripShift), gain, gain)
	ctx.VADDSD(r.field(tripApart), gain, best)
	ctx.VMOVSD(best, r.field(tripApart))
	ctx.VMULSD(gain, gain, gain)
	ctx.VADDSD(r.field(tripApart2), gain, gain)
	ctx.VMOVSD(gain, r.field(tripApart2))
}

// greaterOQ is a predicate of VCMPSD that is false where a side is NaN.
const greaterOQ = 0x1e

// rare is what few orders need: the extremes of a trade, and a new low or high.
func (r *closedRegisters) rare(ctx *avo.Context) {
	slack := ctx.ConstData("closedSlack", op.U64(math.Float64bits(1+1e-12)))
	ratio, product := ctx.XMM(), ctx.XMM()
	// bound puts High × Ratio × Slack into the floor.
	bound := func(high reg.Register, dst reg.Register) {
		ctx.VMULSD(ratio, high, dst)
		ctx.VMULSD(slack, dst, dst)
	}

	ctx.Label("extremes")
	last, level, first, second := ctx.GP64(), ctx.GP64(), ctx.GP64(), ctx.GP64()
	ctx.LEAQ(op.Mem{Base: r.bar, Disp: -1}, last)
	ctx.MOVQ(r.at, level)
	ctx.XORQ(last, level)
	ctx.ORQ(op.Imm(1), level) // one bar is on level 0
	ctx.BSRQ(level, level)
	ctx.IMUL3Q(op.U32(rangeLevel), level, level)
	ctx.ADDQ(r.ranges, level)
	ctx.LEAQ(op.Mem{Base: r.at, Index: r.at, Scale: 2}, first)
	ctx.LEAQ(op.Mem{Base: level, Index: first, Scale: 8}, first)
	ctx.LEAQ(op.Mem{Base: last, Index: last, Scale: 2}, second)
	ctx.LEAQ(op.Mem{Base: level, Index: second, Scale: 8}, second)
	ctx.VMOVSD(r.field(tripRatio), ratio)
	ctx.VMINSD(op.Mem{Base: first, Disp: extentRatio}, ratio, ratio)
	ctx.VMINSD(op.Mem{Base: second, Disp: extentRatio}, ratio, ratio)
	earlier, later := ctx.XMM(), ctx.XMM()
	ctx.VMOVSD(op.Mem{Base: first, Disp: extentHigh}, earlier)
	ctx.VMOVSD(op.Mem{Base: second, Disp: extentLow}, later)
	bound(earlier, product)
	ctx.VUCOMISD(later, product)
	ctx.JBE(op.LabelRef("across"))
	fallen := ctx.XMM()
	ctx.VDIVSD(earlier, later, fallen)
	ctx.VMINSD(fallen, ratio, ratio)
	ctx.Label("across")
	ctx.VMINSD(op.Mem{Base: first, Disp: extentLow}, later, later)
	ctx.VMULSD(r.units, later, later)
	bound(r.high, product)
	ctx.VUCOMISD(later, product)
	ctx.JBE(op.LabelRef("below"))
	ctx.VDIVSD(r.high, later, fallen)
	ctx.VMINSD(fallen, ratio, ratio)
	ctx.Label("below")
	ctx.VMAXSD(op.Mem{Base: second, Disp: extentHigh}, earlier, earlier)
	ctx.VMULSD(r.units, earlier, earlier)
	ctx.VMAXSD(earlier, r.high, r.high)
	bound(r.high, r.floor)
	ctx.VMOVSD(ratio, r.field(tripRatio))
	ctx.JMP(op.LabelRef("sell"))

	ctx.Label("fall")
	ctx.VDIVSD(r.high, r.cash, ratio)
	ctx.VMINSD(r.field(tripRatio), ratio, ratio)
	ctx.VMOVSD(ratio, r.field(tripRatio))
	bound(r.high, r.floor)
	ctx.JMP(op.LabelRef("trade"))

	ctx.Label("rise")
	ctx.VMOVUPD(r.cash, r.high)
	ctx.VMOVSD(r.field(tripRatio), ratio)
	bound(r.high, r.floor)
	ctx.JMP(op.LabelRef("trade"))
}
