#!/usr/bin/env python3
"""Verifies one chain of native records with nothing of pgweir: verify.py TRAIL.ndjson [PUBLIC_KEY.pem]"""
import base64, hashlib, json, subprocess, sys, tempfile

def root(leaves):  # RFC 9162, section 2.1.1
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:left]) + root(leaves[left:])).digest()

def signed(text, signature):
    with tempfile.NamedTemporaryFile() as message, tempfile.NamedTemporaryFile() as sig:
        message.write(text.encode()), sig.write(base64.b64decode(signature)), message.flush(), sig.flush()
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", sys.argv[2], "-rawin", "-in", message.name,
                               "-sigfile", sig.name], stdout=subprocess.DEVNULL).returncode == 0

prev, leaves, first = "0" * 64, [], 1
for seq, line in enumerate(open(sys.argv[1], "rb"), start=1):
    record = json.loads(line)
    digest = hashlib.sha256(line[: line.index(b',"hash":"')]).hexdigest()
    assert record["seq"] == seq, f"line {seq}: record {record['seq']} stands here"
    assert record["prev"] == prev, f"line {seq}: does not follow the line before"
    assert record["hash"] == digest, f"line {seq}: was changed"
    assert list(record)[list(record).index("hash") + 1:] in ([], ["open"]), f"line {seq}: more than open behind the hash"
    for value, opening in [(record.get("sql", {}), record.get("open", {}).get("sql"))] + list(
            zip(record.get("parameters", []), record.get("open", {}).get("parameters", []))):
        if opening:
            salted = bytes.fromhex(opening["salt"]) + opening.get("text", opening.get("value")).encode()
            assert value["commitment"] == hashlib.sha256(salted).hexdigest(), f"line {seq}: an opened value was changed"
    if record["type"] == "audit.checkpoint":
        c = record["checkpoint"]
        assert (c["first_seq"], c["last_seq"]) == (first, seq - 1), f"line {seq}: the checkpoint covers other records"
        assert c["root"] == root(leaves).hex(), f"line {seq}: the checkpoint is over other records"
        if len(sys.argv) > 2:
            text = f"pgweir audit checkpoint v1\n{record['chain']}\n{first}\n{seq - 1}\n{c['root']}\n"
            assert signed(text, c["signature"]), f"line {seq}: the signature is wrong"
        leaves, first = [], seq
    prev = digest
    leaves.append(bytes.fromhex(digest))
print(f"whole: {seq} records, {len(leaves) - 1} of them behind the last checkpoint")
