package documents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// grpcurl is a client that knows no contract: what it lists, describes and calls it learns from the server's reflection, as the real one does.
func grpcurl(args []string) (err error) {
	args, of := options(args, "-H", "-d")
	if len(args) < 2 || of["-plaintext"] == nil {
		return errors.New("only -plaintext, an address and what to do are known")
	}
	conn, err := grpc.NewClient(args[0], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	ctx := context.Background()
	for _, header := range of["-H"] {
		name, value, _ := strings.Cut(header, ": ")
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	stream, err := reflectionpb.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		return err
	}
	r := reflected{stream}
	switch {
	case args[1] == "list" && len(args) == 2:
		return r.list()
	case args[1] == "describe" && len(args) == 3:
		return r.describe(args[2])
	case len(of["-d"]) == 1 && len(args) == 2:
		return r.call(ctx, conn, args[1], of["-d"][0])
	}
	return fmt.Errorf("%v is not known", args)
}

// reflected asks a server about itself.
type reflected struct {
	reflectionpb.ServerReflection_ServerReflectionInfoClient
}

func (r reflected) ask(request *reflectionpb.ServerReflectionRequest) (*reflectionpb.ServerReflectionResponse, error) {
	if err := r.Send(request); err != nil {
		return nil, err
	}
	resp, err := r.Recv()
	if e := resp.GetErrorResponse(); e != nil {
		err = errors.New(e.GetErrorMessage())
	}
	return resp, err
}

func (r reflected) list() error {
	resp, err := r.ask(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
	for _, s := range resp.GetListServicesResponse().GetService() {
		fmt.Println(s.GetName())
	}
	return err
}

// find looks up a symbol in the files that the server gives for it, which come with those that they import.
func (r reflected) find(symbol string) (protoreflect.Descriptor, error) {
	resp, err := r.ask(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: symbol}})
	if err != nil {
		return nil, err
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, data := range resp.GetFileDescriptorResponse().GetFileDescriptorProto() {
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(data, file); err != nil {
			return nil, err
		}
		set.File = append(set.File, file)
	}
	var files *protoregistry.Files
	if files, err = protodesc.NewFiles(set); err != nil {
		return nil, err
	}
	return files.FindDescriptorByName(protoreflect.FullName(symbol))
}

// describe prints the fields of a message.
func (r reflected) describe(symbol string) error {
	found, err := r.find(symbol)
	if err != nil {
		return err
	}
	message, ok := found.(protoreflect.MessageDescriptor)
	if !ok {
		return fmt.Errorf("%s is no message", symbol)
	}
	fmt.Printf("message %s {\n", message.Name())
	for i := range message.Fields().Len() {
		f := message.Fields().Get(i)
		fmt.Printf("  %s %s = %d;\n", f.Kind(), f.Name(), f.Number())
	}
	fmt.Println("}")
	return nil
}

// call calls a method with a message in JSON, and prints the answer.
func (r reflected) call(ctx context.Context, conn *grpc.ClientConn, name, text string) error {
	service, method, _ := strings.Cut(name, "/")
	found, err := r.find(service)
	if err != nil {
		return err
	}
	of, ok := found.(protoreflect.ServiceDescriptor)
	if !ok || of.Methods().ByName(protoreflect.Name(method)) == nil {
		return fmt.Errorf("there is no method %s", name)
	}
	m := of.Methods().ByName(protoreflect.Name(method))
	request, response := dynamicpb.NewMessage(m.Input()), dynamicpb.NewMessage(m.Output())
	if err := protojson.Unmarshal([]byte(text), request); err != nil {
		return err
	}
	if err := conn.Invoke(ctx, "/"+name, request, response); err != nil {
		return err
	}
	data, err := protojson.Marshal(response)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil { // without the spaces that protojson puts in at random
		return err
	}
	_, err = out.WriteTo(os.Stdout)
	return err
}
