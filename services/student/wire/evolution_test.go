package wire

import (
	"os"
	"path/filepath"
	"testing"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// firstSchema is the record as its first readers know it: testdata holds the contract as it was before records named what they replace and
// the book that judged them.
func firstSchema(t *testing.T) protoreflect.MessageType {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "record_v1.schema.binpb"))
	if err != nil {
		t.Fatal(err)
	}
	set := new(descriptorpb.FileDescriptorSet)
	if err := proto.Unmarshal(data, set); err != nil {
		t.Fatal(err)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		t.Fatal(err)
	}
	d, err := files.FindDescriptorByName("rasoat.reporting.v1.RecordState")
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewMessageType(d.(protoreflect.MessageDescriptor))
}

func goldenPayload(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".binpb"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEvolution reads the payload of the first schema and the one with additions, each by the first schema and by the present one. A first reader
// sees of the new payload what it sees of the old one, keeps what it does not know, and passes it on; a present reader misses nothing but the
// additions of the old one.
func TestEvolution(t *testing.T) {
	first := firstSchema(t)
	before, after := goldenPayload(t, TypeRecord), goldenPayload(t, TypeRecord+"-book")
	if first.Descriptor().Fields().ByName("replaces") != nil {
		t.Fatal("the first schema knows what came later")
	}
	read := func(payload []byte) protoreflect.Message {
		t.Helper()
		m := first.New()
		if err := proto.Unmarshal(payload, m.Interface()); err != nil {
			t.Fatal(err)
		}
		return m
	}
	oldByFirst, newByFirst := read(before), read(after)
	verified := first.Descriptor().Fields().ByName("verified")
	if len(newByFirst.GetUnknown()) == 0 || len(newByFirst.Get(verified).Message().GetUnknown()) == 0 {
		t.Error("the additions were not kept")
	}
	passedOn, err := Canonical(newByFirst.Interface())
	if err != nil {
		t.Fatal(err)
	}
	newByFirst.SetUnknown(nil)
	newByFirst.Mutable(verified).Message().SetUnknown(nil)
	if !proto.Equal(oldByFirst.Interface(), newByFirst.Interface()) {
		t.Errorf("a first reader sees %v, want %v", newByFirst, oldByFirst)
	}
	now, through := new(reportingpb.RecordState), new(reportingpb.RecordState)
	if err := proto.Unmarshal(after, now); err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(passedOn, through); err != nil || !proto.Equal(now, through) || now.GetReplaces() == 0 || now.GetVerified().GetBook() == 0 {
		t.Errorf("passed on by a first reader: %v, %v; want %v", through, err, now)
	}
	old := new(reportingpb.RecordState)
	if err := proto.Unmarshal(before, old); err != nil || old.GetReplaces() != 0 || old.GetVerified().GetBook() != 0 {
		t.Fatalf("the old payload: %v, %v", old, err)
	}
	now.Replaces, now.GetVerified().Book = 0, 0
	if !proto.Equal(old, now) {
		t.Errorf("a present reader sees %v of the old payload, want %v", old, now)
	}
}
