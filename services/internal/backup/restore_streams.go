package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// markKey stands in the metadata of a stream that is being put back, with the id of the backup.
const markKey = "rasoat-restore"

// planned is what is to be done with a stream.
type planned struct {
	Stream
	remove bool // an empty stream, or what a restore left that was broken off
	there  bool // it holds all of it already
}

// plan looks at the streams of the broker. It changes nothing.
func (g *giving) plan(ctx context.Context) ([]planned, error) {
	var out []planned
	for _, want := range g.m.Streams {
		p := planned{Stream: want}
		s, err := g.js.Stream(ctx, want.Stream)
		if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil, unavailable("backup.plan", want.Stream, err)
		}
		if err == nil {
			info := s.CachedInfo()
			ours, state := info.Config.Metadata[markKey] == g.m.ID, info.State
			switch {
			case state.LastSeq == 0, ours && state.LastSeq < want.State.LastSeq:
				p.remove = true
			case ours, same(state, want.State):
				p.there = true
			default:
				return nil, fault.New(fault.Conflict, "backup.plan",
					fmt.Sprintf("Luồng %s đã có dữ liệu (đến số %d); khôi phục vào NATS trống.", want.Stream, state.LastSeq),
					fmt.Sprintf("the stream %s has messages already (up to %d): restore into an empty broker", want.Stream, state.LastSeq))
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// same reports whether a stream holds exactly what was saved. When the last message was erased, the broker no longer knows its time after a restore.
func same(got jetstream.StreamState, want State) bool {
	return got.Msgs == want.Messages && got.FirstSeq == want.FirstSeq && got.LastSeq == want.LastSeq && got.FirstTime.Equal(want.FirstTime) &&
		(got.LastTime.Equal(want.LastTime) || got.NumDeleted > 0)
}

func (g *giving) streams(ctx context.Context, plan []planned) error {
	for _, p := range plan {
		if p.there {
			g.out.There = append(g.out.There, p.Stream.Stream)
			continue
		}
		if p.remove {
			if err := g.js.DeleteStream(ctx, p.Stream.Stream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
				return unavailable("backup.streams", p.Stream.Stream, err)
			}
		}
		if err := g.stream(ctx, p.Stream); err != nil {
			return err
		}
		g.out.Streams = append(g.out.Streams, p.Stream.Stream)
	}
	return nil
}

// stream puts one stream back, marked as one that is being put back.
func (g *giving) stream(ctx context.Context, s Stream) error {
	const op = "backup.stream"
	config, err := g.config(s.Config, func(metadata map[string]string) { metadata[markKey] = g.m.ID })
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(g.dir, filepath.FromSlash(s.Name)))
	if err != nil {
		return fault.Wrap(fault.Invalid, op, err)
	}
	defer func() { _ = f.Close() }()
	sent := int64(0)
	got, err := restoreStream(ctx, g.Conn, s.Stream, config, s.State, f, func(n int) {
		sent += int64(n)
		g.tell(Giving, s.Stream, sent, s.Size)
	})
	if err != nil {
		return err
	}
	if got.Messages != s.State.Messages || got.LastSeq != s.State.LastSeq || got.Messages > 0 && got.FirstSeq != s.State.FirstSeq {
		return fault.Internalf(op, "stream %s holds %d messages (%d–%d) and must hold %d (%d–%d)", s.Stream,
			got.Messages, got.FirstSeq, got.LastSeq, s.State.Messages, s.State.FirstSeq, s.State.LastSeq)
	}
	return nil
}

// config is the configuration of a stream with other metadata and perhaps other copies. What this program does not know of it stays.
func (g *giving) config(saved json.RawMessage, change func(map[string]string)) (json.RawMessage, error) {
	const op = "backup.config"
	var config map[string]any
	in := json.NewDecoder(bytes.NewReader(saved))
	in.UseNumber()
	if err := in.Decode(&config); err != nil {
		return nil, fault.Wrap(fault.Invalid, op, err)
	}
	metadata := map[string]string{}
	if have, ok := config["metadata"].(map[string]any); ok {
		for k, v := range have {
			if text, ok := v.(string); ok {
				metadata[k] = text
			}
		}
	}
	change(metadata)
	config["metadata"] = metadata
	if g.Replicas > 0 {
		config["num_replicas"] = g.Replicas
	}
	out, err := json.Marshal(config)
	return out, fault.Wrap(fault.Internal, op, err)
}

// unmark takes the mark from a stream, and leaves in it up to where it was put back.
func (g *giving) unmark(ctx context.Context, saved Stream) error {
	name := saved.Stream
	s, err := g.js.Stream(ctx, name)
	if err != nil {
		return unavailable("backup.unmark", name, err)
	}
	config := s.CachedInfo().Config
	if _, ok := config.Metadata[markKey]; !ok {
		return nil
	}
	delete(config.Metadata, markKey)
	now := fmt.Sprint(saved.State.LastSeq, " ", g.m.ID)
	if before := config.Metadata[eventlog.RestoredKey]; before != "" {
		now += "," + before
	}
	config.Metadata[eventlog.RestoredKey] = now
	if _, err := g.js.UpdateStream(ctx, config); err != nil {
		return unavailable("backup.unmark", name, err)
	}
	return nil
}
