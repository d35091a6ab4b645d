"""Runs one orchestration, turn by turn, on a store at an address.

It knows docs/protocol.md and what grpcio-tools made of the .proto files, and nothing
else: a runtime in another language would replay orchestrations where this one says
what to do next by hand.
"""

import argparse
import hashlib
import json
import time

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import status_pb2

from duro.provider.v1 import admin_pb2, admin_pb2_grpc, plugin_pb2, plugin_pb2_grpc, provider_pb2, provider_pb2_grpc

MAX_INLINE = 1 << 20  # what is longer travels as a transfer
MAX_FRAME = 4 << 20
TRANSFER = "duro-transfer"


class ProviderError(Exception):
    """An error of the store: its code, and whether the same call may succeed later."""

    def __init__(self, detail):
        super().__init__(f"{detail.op}: {detail.message}")
        self.code, self.retryable = detail.code, detail.retryable
        self.may_have_happened, self.unknown_handle = detail.may_have_happened, detail.unknown_handle


def provider_error(failed):
    """The ErrorDetail of a failed call, or the call itself when the transport failed it."""
    for key, value in failed.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for packed in status_pb2.Status.FromString(value).details:
                detail = plugin_pb2.ErrorDetail()
                if packed.Unpack(detail):
                    return ProviderError(detail)
    return failed


class Store:
    """An open store. Its methods are the protocol's; call("Read", instance="a") reads."""

    def __init__(self, address, token=None):
        size = [("grpc.max_receive_message_length", MAX_FRAME), ("grpc.max_send_message_length", MAX_FRAME)]
        self.channel = grpc.insecure_channel(address.removeprefix("tcp:"), options=size)
        self.metadata = [("authorization", f"Bearer {token}")] if token else []
        self.services = (
            (provider_pb2_grpc.ProviderServiceStub(self.channel), provider_pb2),
            (admin_pb2_grpc.AdminServiceStub(self.channel), admin_pb2),
            (plugin_pb2_grpc.PluginServiceStub(self.channel), plugin_pb2),
        )
        self.transfers = plugin_pb2_grpc.TransferServiceStub(self.channel)
        self.handle = self.call("Open").handle

    def call(self, name, wait=0.0, **fields):
        """Calls a method of any service on this store. wait is what a fetch waits."""
        stub, messages = next(s for s in self.services if hasattr(s[0], name))
        request = getattr(messages, name + "Request")(**fields)
        if name != "Open":
            request.handle = self.handle
        return self._invoke(getattr(stub, name), request, wait)

    def close(self):
        self.call("Close")
        self.channel.close()

    def _invoke(self, method, request, wait=0.0):
        metadata = list(self.metadata)
        encoded = request.SerializeToString()
        try:
            if len(encoded) > MAX_INLINE:
                metadata.append((TRANSFER, self._upload(encoded)))
                request = type(request)()
            answer, call = method.with_call(request, timeout=wait + 60, metadata=metadata)
            for key, transfer in call.initial_metadata():
                if key == TRANSFER:
                    answer = type(answer).FromString(self._download(transfer))
            return answer
        except grpc.RpcError as failed:
            raise provider_error(failed) from None

    def _upload(self, encoded):
        chunks = (encoded[i:i + MAX_INLINE] for i in range(0, len(encoded), MAX_INLINE))
        parts = (plugin_pb2.UploadRequest(data=chunk) for chunk in chunks)
        return self.transfers.Upload(parts, timeout=60, metadata=self.metadata).transfer

    def _download(self, transfer):
        asked = plugin_pb2.DownloadRequest(transfer=transfer)
        return b"".join(part.data for part in self.transfers.Download(asked, timeout=60, metadata=self.metadata))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def event(instance, event_id, kind, source=None, **fields):
    return compact({"event_id": event_id, "source_event_id": source, "instance_id": instance, "execution_id": 1,
                    "timestamp_ms": int(time.time() * 1000), "duroxide_version": "0.1.0", "type": kind, **fields})


def held(instance, events):
    """Says which events this client has already, so that a fetch leaves them out."""
    digest = hashlib.sha256()
    for e in events:
        digest.update(len(e).to_bytes(8, "big"))
        digest.update(e)
    return [provider_pb2.HeldHistory(
        instance=instance, execution_id=1, known_count=len(events), digest=digest.digest())]


def turn(store, instance, *, known=(), events, messages, **outcome):
    """Fetches the instance's turn, looks whether it is the expected one, and commits it.

    known are the events that earlier turns left here; events are the types of all.
    """
    fetched = store.call("FetchOrchestrationItem", wait=10, held=held(instance, known), **locked_for(30, wait=10))
    assert fetched.item.instance == instance, fetched
    history = [*known[:fetched.item.history_from], *fetched.item.history]
    assert [json.loads(e)["type"] for e in history] == events, history
    assert [next(iter(json.loads(m))) for m in fetched.item.messages] == messages, fetched.item.messages
    store.call("AckOrchestrationItem", lock_token=fetched.lock_token, execution_id=1, **outcome)
    return fetched


def locked_for(seconds, wait):
    return {"lock_timeout": Duration(seconds=seconds), "poll_timeout": Duration(seconds=wait)}


def run(store, instance, order):
    start = {"instance": instance, "orchestration": "ProcessOrder", "input": order, "version": None,
             "parent_instance": None, "parent_id": None, "execution_id": 1}
    store.call("EnqueueForOrchestrator", item=compact({"StartOrchestration": start}))

    activity = {"instance": instance, "execution_id": 1, "id": 2, "name": "Charge", "input": order}
    begun = [
        event(instance, 1, "OrchestrationStarted", name="ProcessOrder", version="1.0.0", input=order,
              parent_instance=None, parent_id=None),
        event(instance, 2, "ActivityScheduled", name="Charge", input=order),
    ]
    first = turn(
        store, instance, events=[], messages=["StartOrchestration"], history_delta=begun,
        worker_items=[compact({"ActivityExecute": activity})],
        metadata=provider_pb2.ExecutionMetadata(
            orchestration_name="ProcessOrder", orchestration_version="1.0.0", status="Running"),
    )

    work = store.call("FetchWorkItem", wait=10, **locked_for(30, wait=10))
    assert json.loads(work.item)["ActivityExecute"]["input"] == order
    result = f"charged for {len(order)} bytes"
    done = {"instance": instance, "execution_id": 1, "id": 2, "result": result}
    store.call("AckWorkItem", lock_token=work.lock_token, completion=compact({"ActivityCompleted": done}))

    last = turn(
        store, instance, known=begun, events=["OrchestrationStarted", "ActivityScheduled"], messages=["ActivityCompleted"],
        history_delta=[
            event(instance, 3, "ActivityCompleted", source=2, result=result),
            event(instance, 4, "OrchestrationCompleted", output=result),
        ],
        metadata=provider_pb2.ExecutionMetadata(status="Completed", output=result.encode()),
    )
    print("events that were not sent again:", last.item.history_from)
    return first.lock_token


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="unix:PATH or tcp:HOST:PORT")
    parser.add_argument("--instance", default="order-42")
    parser.add_argument("--bytes", type=int, default=20, help="how long the order is")
    parser.add_argument("--token", help="what the server asks for")
    arguments = parser.parse_args()

    store = Store(arguments.address, arguments.token)
    used = run(store, arguments.instance, "x" * arguments.bytes)
    for stored in store.call("Read", instance=arguments.instance).events:
        print(json.loads(stored)["event_id"], json.loads(stored)["type"])
    info = store.call("GetInstanceInfo", instance=arguments.instance)
    print(info.instance_id, info.status, info.output.decode())
    try:
        store.call("AckOrchestrationItem", lock_token=used, execution_id=1)
    except ProviderError as error:
        print("a used token:", error.code, error.retryable)
    store.close()


if __name__ == "__main__":
    main()
