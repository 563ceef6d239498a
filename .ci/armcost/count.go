package main

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
)

// counted are the beginnings of the functions whose instructions count: what scales,
// and what of the runtime it calls. The runtime's own threads run longer under qemu
// than on a processor.
var counted = []string{
	"pigrid/", "image/", "main.", "bytes.", "io.", "bufio.", "indexbytebody", "internal/bytealg.",
	"runtime.memmove", "runtime.memclr", "runtime.duff", "runtime.growslice", "runtime.mallocgc",
}

// instructions reads a log of qemu -d in_asm,exec,nochain. It first lists each block's
// instructions:
//
//	IN: main.run
//	0x00011000:  e59d0000  ldr r0, [sp]
//
// and then says when the block runs:
//
//	Trace 0: 0x7f46180000c0 [00000480/00011000/00000000/00000200] main.run
func instructions(log io.Reader) (n int) {
	sizes := map[uint64]int{} // by address
	var at uint64
	listing := false
	r := bufio.NewReaderSize(log, 1<<20)
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case bytes.HasPrefix(line, []byte("IN:")):
			listing, at = true, 0
		case listing && bytes.HasPrefix(line, []byte("0x")):
			hex, _, _ := bytes.Cut(line[2:], []byte(":"))
			if at == 0 {
				at, _ = strconv.ParseUint(string(hex), 16, 64)
				sizes[at] = 0
			}
			sizes[at]++
		case bytes.HasPrefix(line, []byte("Trace ")):
			listing = false
			n += traced(line, sizes)
		}
		if err != nil {
			return n
		}
	}
}

func traced(line []byte, sizes map[uint64]int) int {
	_, rest, _ := bytes.Cut(line, []byte("["))
	state, name, _ := bytes.Cut(rest, []byte("] "))
	fields := bytes.Split(state, []byte("/"))
	if len(fields) < 2 {
		return 0
	}
	for _, beginning := range counted {
		if strings.HasPrefix(string(name), beginning) {
			at, _ := strconv.ParseUint(string(fields[1]), 16, 64)
			return sizes[at]
		}
	}
	return 0
}
