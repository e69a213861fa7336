package embed

import ("os";"time";"fmt")

func (d *db) checkpoints() {
	defer close(d.stopped)
	for range d.full {
		var busy, log, done int
		if os.Getenv("INLINE") == "" {
			if err := d.read.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &done); err != nil {
				println(err.Error())
			}
		}
		<-d.turn
		s := time.Now()
		d.gate.Lock()
		s1 := time.Since(s)
		if err := d.read.QueryRow("PRAGMA wal_checkpoint(RESTART)").Scan(&busy, &log, &done); err != nil {
			println(err.Error())
		}
		if busy != 0 {
			println(busy, log, done)
		}
		d.gate.Unlock()
		fmt.Println("waited", s1, "restart", time.Since(s)-s1)
		d.turn <- struct{}{}
	}
}
