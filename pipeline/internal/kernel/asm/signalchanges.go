package main

import (
	avo "github.com/mmcloughlin/avo/build"
	op "github.com/mmcloughlin/avo/operand"
)

// signalChanges lists where a position begins and ends on a tile of 16 words. It looks at
// all words for those that have a bar, and then at these.
func signalChanges(ctx *avo.Context) {
	begin(ctx, "signalChangesAVX2", "func(dst *int32, entry, exit *uint64, held, entryLoses, exitLoses uint64, offset int) (n int)",
		"signalChangesAVX2 is signalChangesGo of 16 words of entry and exit. held is 0 or 1, and offset is",
		"added to the bars.")
	start := ctx.Load(ctx.Param("dst"), ctx.GP64())
	entry, exit := ctx.Load(ctx.Param("entry"), ctx.GP64()), ctx.Load(ctx.Param("exit"), ctx.GP64())
	held, offset := ctx.GP64(), ctx.Load(ctx.Param("offset"), ctx.GP64())
	ctx.Load(ctx.Param("held"), held)
	entryLoses, exitLoses := ctx.Load(ctx.Param("entryLoses"), ctx.GP64()), ctx.Load(ctx.Param("exitLoses"), ctx.GP64())
	dst := ctx.GP64()
	ctx.MOVQ(start, dst)
	words, zero := ctx.GP64(), ctx.YMM()
	ctx.VPXOR(zero, zero, zero)
	for block := 3; block >= 0; block-- {
		v, empty := ctx.YMM(), ctx.GP64()
		ctx.VMOVDQU(op.Mem{Base: entry, Disp: 32 * block}, v)
		ctx.VPOR(op.Mem{Base: exit, Disp: 32 * block}, v, v)
		ctx.VPCMPEQQ(zero, v, v)
		ctx.VMOVMSKPD(v, empty.As32())
		if block == 3 {
			ctx.MOVQ(empty, words)
			continue
		}
		ctx.SHLQ(op.Imm(4), words)
		ctx.ORQ(empty, words)
	}
	ctx.VZEROUPPER()
	ctx.XORQ(op.U32(0xffff), words)
	ctx.JE(op.LabelRef("end"))

	ctx.Label("word")
	word, in, out, both := ctx.GP64(), ctx.GP64(), ctx.GP64(), ctx.GP64()
	ctx.BSFQ(words, word)
	ctx.MOVQ(op.Mem{Base: entry, Index: word, Scale: 8}, in)
	ctx.MOVQ(op.Mem{Base: exit, Index: word, Scale: 8}, out)
	ctx.MOVQ(in, both)
	ctx.ANDQ(out, both)
	lost := ctx.GP64()
	ctx.MOVQ(entryLoses, lost)
	ctx.ANDQ(both, lost)
	ctx.XORQ(lost, in)
	ctx.ANDQ(exitLoses, both)
	ctx.XORQ(both, out)
	// What the addition carries into a bit is whether something is held before
	// its bar.
	sum, turning := ctx.GP64(), ctx.GP64()
	ctx.NOTQ(out)
	ctx.MOVQ(out, sum)
	ctx.NEGQ(held) // into the carry
	ctx.ADCQ(in, sum)
	ctx.MOVL(op.U32(0), held.As32())
	ctx.ADCQ(op.Imm(0), held)
	ctx.XORQ(out, sum)
	ctx.XORQ(in, sum)
	ctx.MOVQ(sum, turning)
	ctx.SHRQ(op.Imm(1), held, turning) // held after each bar
	ctx.XORQ(sum, turning)
	rest := ctx.GP64()
	ctx.JE(op.LabelRef("next"))
	ctx.SHLQ(op.Imm(6), word)
	ctx.ADDQ(offset, word)
	ctx.Label("turn")
	bar := ctx.GP64()
	ctx.BSFQ(turning, bar)
	ctx.ADDQ(word, bar)
	ctx.MOVL(bar.As32(), op.Mem{Base: dst})
	ctx.ADDQ(op.Imm(4), dst)
	ctx.LEAQ(op.Mem{Base: turning, Disp: -1}, rest)
	ctx.ANDQ(rest, turning)
	ctx.JNE(op.LabelRef("turn"))
	ctx.Label("next")
	ctx.LEAQ(op.Mem{Base: words, Disp: -1}, rest)
	ctx.ANDQ(rest, words)
	ctx.JNE(op.LabelRef("word"))

	ctx.Label("end")
	ctx.SUBQ(start, dst)
	ctx.SHRQ(op.Imm(2), dst)
	ctx.Store(dst, ctx.ReturnIndex(0))
	ctx.RET()
}
