package process

import (
	"os"

	"golang.org/x/sys/unix"
)

func growPipe(w *os.File) {
	raw, err := w.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) // smaller works, too
	})
}
