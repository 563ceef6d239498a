package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"

	"pigrid/shared/mjpeg"
)

// naive SIZE is the server that comes to mind first: net/http, the newest frame
// under a lock, and Flush after each part.
func naive(args []string) error {
	source, err := startReplay(args[0])
	if err != nil {
		return err
	}
	var (
		mu    sync.Mutex
		fresh = sync.NewCond(&mu)
		frame []byte
		seq   int
	)
	go func() {
		frames := mjpeg.NewScanner(source, nil)
		for {
			jpeg, _, err := frames.Next()
			if err != nil {
				os.Exit(1)
			}
			mu.Lock()
			frame = append([]byte(nil), jpeg...)
			seq++
			mu.Unlock()
			fresh.Broadcast()
		}
	}()
	video := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for last := 0; ; {
			mu.Lock()
			for seq == last {
				fresh.Wait()
			}
			jpeg := frame
			last = seq
			mu.Unlock()
			fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", len(jpeg))
			_, _ = w.Write(jpeg)
			if _, err := fmt.Fprint(w, "\r\n"); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("addr=%s\n", ln.Addr())
	return http.Serve(ln, http.HandlerFunc(video)) //nolint:gosec // a naive server has no timeouts
}
