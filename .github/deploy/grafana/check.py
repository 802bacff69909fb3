"""Checks that every query of the dashboard is PromQL and names metrics that the guide knows. Usage: check.py DASHBOARD"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

dashboard = json.loads(pathlib.Path(sys.argv[1]).read_text())
guide = pathlib.Path("Sources/Gateway/Gateway.docc/Operating.md").read_text()
known = set(re.findall(r"`(tollgate_[a-z_]+)`", guide))

rules = []
for panel in dashboard["panels"]:
    for target in panel["targets"]:
        query = target["expr"]
        for name in re.findall(r"\btollgate_[a-z_]+", query):
            if re.sub(r"_(bucket|count|sum)$", "", name) not in known:
                sys.exit(f"{panel['title']}: unknown metric {name}")
        query = query.replace("$__rate_interval", "5m").replace("$instance", ".*").replace("$provider", ".*")
        rules.append({"record": f"panel:{len(rules)}", "expr": query})
if len({panel["id"] for panel in dashboard["panels"]}) != len(dashboard["panels"]) or not rules:
    sys.exit("panels need ids of their own")

with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
    json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
    file.flush()
    done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
if done.returncode:
    sys.exit(done.stdout + done.stderr)
