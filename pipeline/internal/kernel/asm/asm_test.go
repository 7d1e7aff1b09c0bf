package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func generated(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCommittedFiles(t *testing.T) {
	for name, want := range generated(t) {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its generator makes: run make generate", name)
		}
	}
}

// checkAssembly complains about instructions that a processor with AVX2 alone
// does not have, or that need what the kernels do not promise.
func checkAssembly(text string) []string {
	var complaints []string
	dividing := []string{"sumUnitsAVX2", "averageUnitsAVX2"}
	var routine, needed string
	cleared := false // no vector instruction since VZEROUPPER
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		needs, isNeeds := strings.CutPrefix(line, "// Requires: ")
		if isNeeds {
			needed = needs
		}
		if name, ok := strings.CutPrefix(line, "TEXT ·"); ok {
			routine, _, _ = strings.Cut(name, "(")
		}
		switch {
		case isNeeds && !slices.Contains([]string{"AVX", "AVX, AVX2", "AVX, AVX2, FMA3"}, needs):
			complaints = append(complaints, "needs "+needs)
		case regexp.MustCompile(`\b([XY](1[6-9]|2\d|3[01])|Z\d+|K[0-7])\b`).MatchString(line):
			complaints = append(complaints, "register of AVX-512: "+line)
		case regexp.MustCompile(`^V?MOV(AP|DQA|NT)`).MatchString(line):
			complaints = append(complaints, "aligned: "+line)
		case strings.HasPrefix(line, "VFM"), strings.HasPrefix(line, "VFNM"):
			// Rounds once where Go rounds twice; only quotient may.
			if needed != "AVX, AVX2, FMA3" || !slices.Contains(dividing, routine) {
				complaints = append(complaints, "fused: "+line)
			}
		case line == "RET" && !cleared:
			complaints = append(complaints, "returns with upper halves set")
		}
		switch {
		case line == "VZEROUPPER":
			cleared = true
		case strings.HasPrefix(line, "V"):
			cleared = false
		}
	}
	return complaints
}

func TestAssembly(t *testing.T) {
	for _, c := range checkAssembly(string(generated(t)[assemblyFile])) {
		t.Error(c)
	}
}

func TestCheckAssembly(t *testing.T) {
	for _, text := range []string{
		"// Requires: AVX, AVX512F", "VADDPD Y16, Y2, Y3", "VADDPD Z1, Z2, Z3", "VCMPPD $1, Y2, Y3, K1",
		"VMOVAPD (AX), Y1", "VMOVDQA (AX), Y1", "VFMADD231PD Y1, Y2, Y3", "VADDPD Y1, Y2, Y3\nRET",
	} {
		if got := checkAssembly(text); len(got) != 1 {
			t.Errorf("%q: %q, want one complaint", text, got)
		}
	}
	if got := checkAssembly("// Requires: AVX\nVMOVUPD (AX), Y15\nVZEROUPPER\nRET\n"); got != nil {
		t.Errorf("complaints %q", got)
	}
}

func TestRunWritesBothFiles(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{dir}); err != nil {
		t.Fatal(err)
	}
	for name, want := range generated(t) {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
		}
	}
	if err := run(nil); err == nil {
		t.Error("no folder: no error")
	}
}
