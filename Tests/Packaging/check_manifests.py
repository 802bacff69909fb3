"""The Kubernetes manifests: valid by Kubernetes' own schemas, and true about the program."""

import json
import pathlib
import re
import subprocess
import tempfile

import kubernetes_validate
import yaml

import packages
from packages import passed

FOLDER = packages.DEPLOY / "kubernetes"


def documents(folder):
    for file in sorted((FOLDER / folder).glob("*.yaml")):
        yield from ((file.name, document) for document in yaml.safe_load_all(file.read_text()))


def valid(pairs):
    for file, document in pairs:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        labels = document["metadata"]["labels"]
        assert labels == {"app.kubernetes.io/name": "tollgate"}, file


def pod(pairs):
    (workload,) = (document for _, document in pairs if document["kind"] in ("StatefulSet", "Deployment"))
    return workload, workload["spec"]["template"]["spec"]


def options(pairs, known):
    """The pod sets only variables that the program has, and mounts all of its volumes."""
    workload, spec = pod(pairs)
    (container,) = spec["containers"]
    for variable in container["env"]:
        assert variable["name"] in known, f"{variable['name']} is not a variable of serve"
    claims = workload["spec"].get("volumeClaimTemplates", [])
    volumes = {volume["name"] for volume in spec["volumes"]} | {claim["metadata"]["name"] for claim in claims}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    assert spec["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    return {port["name"] for port in container["ports"]}


def selected(pairs, common, ports):
    """Everything that selects pods selects these, by ports that they have."""
    labels = pod(pairs)[0]["spec"]["template"]["metadata"]["labels"]
    for _, document in [*pairs, *common]:
        spec = document.get("spec", {})
        selector = spec.get("selector") or spec.get("podSelector")
        if selector:
            assert selector.get("matchLabels", selector) == labels, document["metadata"]["name"]
        if document["kind"] == "Service":
            assert {port["targetPort"] for port in spec["ports"]} <= ports
        if document["kind"] == "NetworkPolicy":
            named = {port["port"] for rule in spec["ingress"] for port in rule["ports"]}
            assert named == ports, named


def routes(common):
    """The sample configuration is one that the program takes, with credentials that the pods mount."""
    (text,) = (document["data"]["routes.json"] for _, document in common if document["kind"] == "ConfigMap")
    (secret,) = (document["stringData"] for _, document in common if document["kind"] == "Secret")
    for provider in json.loads(text)["providers"].values():
        file = pathlib.PurePosixPath(provider["credential"]["file"])
        assert str(file.parent) == "/run/credentials" and file.name in secret
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([packages.PROGRAM, "check", file.name], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def main():
    usage = subprocess.check_output([packages.PROGRAM, "serve", "--help"], text=True)
    known = set(re.findall(r"TOLLGATE_[A-Z_]+", "".join(usage.split())))
    known |= set(re.findall(r"TOLLGATE_[A-Z_]+", usage))
    common = list(documents("common"))
    valid(common)
    routes(common)
    passed("the common manifests are valid, and their routes too")
    for kind in ("embedded", "postgresql"):
        pairs = list(documents(kind))
        valid(pairs)
        selected(pairs, common, options(pairs, known))
        passed(f"the manifests for {kind} are valid, and fit the common ones")


if __name__ == "__main__":
    main()
