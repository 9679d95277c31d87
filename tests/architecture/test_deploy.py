"""The deployment files fit the code and one another. No container engine is needed, or used."""

import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from chassis.migrate import create_database
from chassis.nameko import declare_queues
from chassis.postgres import Pool
from chassis.serve import worker_class
from chassis.settings import load
from psycopg2.extensions import parse_dsn
from satudata import databases
from satudata.rabbit import PrivateRabbit

from tests.architecture.places import ROOT, SERVICES

DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
WITH_FILES = ("catalog", "privacy", "letters")
PROCESSES = {
    *(("web", service) for service in SERVICES),
    *(("worker", service) for service in SERVICES),
    *(("jobs", service) for service in SERVICES),
}


def _script(path: Path) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(path.name.replace("-", "_"), str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


GENERATE = _script(DEPLOY / "generate.py")


# Routes and queues


@pytest.mark.parametrize("name", GENERATE.FILES)
def test_a_generated_file_is_what_the_code_says(name: str) -> None:
    written = (DEPLOY / name).read_text(encoding="utf-8")

    assert written == GENERATE.FILES[name](), "run python deploy/generate.py"


def test_nginx_has_the_locations_of_the_route_table() -> None:
    from chassis.routes import nginx, table

    upstreams = {service: f"{service}:8080" for service in SERVICES}
    made = nginx(table(SERVICES), upstreams, listen="8080")
    written = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

    locations = re.findall(r"    location .*?\n    }\n", made, re.DOTALL)
    assert len(locations) > len(SERVICES)
    assert [each for each in locations if each not in written] == []


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx cannot be had here: install the package nginx-light")
    text = re.sub(r"http://[a-z]+:8080", "http://127.0.0.1:8080", GENERATE.nginx_conf()).replace(
        "error_log stderr warn;", f"error_log {tmp_path}/log; client_body_temp_path {tmp_path};"
    )
    config = tmp_path / "nginx.conf"
    config.write_text(f"pid {tmp_path}/pid;\n{text}")

    done = subprocess.run(
        [program, "-t", "-c", str(config), "-p", str(tmp_path)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


@pytest.mark.servers
def test_rabbitmq_takes_the_definitions_and_the_code_finds_them_right(
    rabbit: PrivateRabbit,
) -> None:
    rabbit.control("import_definitions", str(DEPLOY / "rabbitmq" / "definitions.json"))

    # A queue or an exchange with other arguments would be refused here.
    declare_queues(rabbit.url, {service: worker_class(service) for service in SERVICES})

    named = json.loads((DEPLOY / "rabbitmq" / "definitions.json").read_text(encoding="utf-8"))
    queues = set(rabbit.control("list_queues", "--silent", "name").split())
    assert {queue["name"] for queue in named["queues"]} == queues
    bound = {
        tuple(line.split("\t"))
        for line in rabbit.control(
            "list_bindings", "--silent", "source_name", "destination_name", "routing_key"
        ).splitlines()
    }
    for each in named["bindings"]:
        assert (each["source"], each["destination"], each["routing_key"]) in bound


# Keys, databases


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """What deploy/new-keys makes."""
    subprocess.run(
        [sys.executable, "-W", "ignore", str(DEPLOY / "new-keys"), str(tmp_path / "keys")],
        check=True, capture_output=True,
    )  # fmt: skip
    return tmp_path / "keys"


def _env(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_the_settings_that_its_container_gets(
    service: str, keys: Path
) -> None:
    container = {
        **_env(DEPLOY / "settings.env"),
        **_env(keys / "common.env"),
        **_env(keys / f"{service}.env"),
    }

    settings = load(service, {**container, "CITY_FILE": str(DEPLOY / "city.toml")})

    assert set(settings.public_keys) == set(SERVICES)
    assert settings.files_url == "file:///data"


@pytest.mark.parametrize("service", SERVICES)
def test_the_operators_container_can_speak_for_every_service(service: str, keys: Path) -> None:
    container = {
        **_env(DEPLOY / "settings.env"),
        **_env(keys / "common.env"),
        **_env(keys / "operator.env"),
    }

    settings = load(service, {**container, "CITY_FILE": str(DEPLOY / "city.toml")})

    assert settings.database_url == _env(keys / f"{service}.env")["DATABASE_URL"]
    assert container["ADMIN_DATABASE_URL"].startswith("postgresql://postgres:")


def test_keys_are_made_with_the_checkouts_own_python_or_it_is_said_how_to_get_it(
    tmp_path: Path,
) -> None:
    script = tmp_path / "deploy" / "new-keys"
    script.parent.mkdir()
    shutil.copy(DEPLOY / "new-keys", script)
    # Without site-packages it is as the system's Python, which knows nothing of us.
    bare = [sys.executable, "-I", "-S", str(script), str(tmp_path / "keys")]

    without = subprocess.run(bare, check=False, capture_output=True, text=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    within = subprocess.run(bare, check=False, capture_output=True, text=True)

    assert (1, True) == (without.returncode, "make .venv/run.stamp" in without.stderr)
    assert 1 == len(without.stderr.splitlines())
    assert (0, True) == (within.returncode, (tmp_path / "keys" / "common.env").exists())


def test_keys_are_readable_by_their_owner_alone_and_never_written_over(keys: Path) -> None:
    before = {path.name: path.read_text() for path in keys.iterdir()}

    again = subprocess.run(
        [sys.executable, "-W", "ignore", str(DEPLOY / "new-keys"), str(keys)],
        capture_output=True, check=False,
    )  # fmt: skip

    assert again.returncode == 1
    assert {path.name: path.read_text() for path in keys.iterdir()} == before
    assert {oct(path.stat().st_mode & 0o777) for path in keys.iterdir()} == {"0o600"}


@pytest.mark.parametrize(
    ("more", "admin"), [((), "a:15672"), (("--rabbitmq-admin", "c:25672"), "c:25672")]
)
def test_of_several_hosts_every_one_is_in_the_settings(
    more: tuple[str, ...], admin: str, tmp_path: Path
) -> None:
    subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(DEPLOY / "new-keys"), str(tmp_path / "keys")),
            *("--postgres", "one:5432,two:5433", "--rabbitmq", "a:5672,b:5672", *more),
        ],
        check=True, capture_output=True,
    )  # fmt: skip

    broker = _env(tmp_path / "keys" / "common.env")["AMQP_URL"].split(";")
    database = parse_dsn(_env(tmp_path / "keys" / "letters.env")["DATABASE_URL"])
    assert ["a:5672//", "b:5672//"] == [url.partition("@")[2] for url in broker]
    assert _env(tmp_path / "keys" / "operator.env")["AMQP_ADMIN_URL"].endswith(f"@{admin}")
    assert ("one,two", "5432,5433") == (database["host"], database["port"])
    assert "read-write" == database["target_session_attrs"]


def test_the_examples_of_clusters_say_what_was_tested() -> None:
    rabbit = _example("rabbitmq")["spec"]["rabbitmq"]
    postgres = _example("postgres")["spec"]["postgresql"]["parameters"]

    said = (DEPLOY / "rabbitmq" / "rabbitmq.conf").read_text()
    assert _lines(said) == _lines(rabbit["additionalConfig"])
    advanced = (DEPLOY / "rabbitmq" / "advanced.config").read_text().splitlines()
    terms = "".join(line for line in advanced if "%%" not in line)
    assert "".join(terms.split()) == "".join(rabbit["advancedConfig"].split())
    tested = _lines((DEPLOY / "postgres" / "postgresql.conf").read_text())
    # These the operator makes by itself.
    made = {"synchronous_commit", "wal_level", "hot_standby", "max_wal_senders", "wal_log_hints"}
    assert {name: value for name, value in tested.items() if name not in made} == {
        name: value for name, value in postgres.items() if name != "max_connections"
    }


def _example(server: str) -> dict[str, Any]:
    text = (DEPLOY / server / "cluster.example.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _lines(text: str) -> dict[str, str]:
    """The settings of a configuration file."""
    pairs = (line.partition(" = ") for line in text.splitlines() if " = " in line)
    return {name: value for name, _, value in pairs if not name.startswith("#")}


def test_no_service_gets_the_keys_of_another(keys: Path) -> None:
    secrets = [_env(keys / f"{service}.env")["SECRET_KEY"] for service in SERVICES]

    assert len(set(secrets)) == len(SERVICES)
    assert not set(secrets) & set(_env(keys / "common.env").values())


def test_only_who_seals_the_log_gets_the_key_to_it(keys: Path) -> None:
    (key,) = _env(keys / "sealing.env").values()

    holders = [path.name for path in keys.iterdir() if key in path.read_text()]
    given = {
        each["metadata"]["name"]
        for each in _of("Deployment")
        for source in each["spec"]["template"]["spec"]["containers"][0]["envFrom"]
        if source.get("secretRef") == {"name": "satudata-sealing"}
    }
    assert holders == ["sealing.env"]
    assert given == {"requests-jobs"}


@pytest.fixture
def restricted(postgres_url: str) -> Iterator[dict[str, str]]:
    """The roles of roles.sql, and settings by which `satudata migrate` uses them."""
    admin = Pool(postgres_url.format(database="postgres"), 1)
    admin.execute((DEPLOY / "postgres" / "roles.sql").read_text(encoding="utf-8"))
    for role in ("migrator", "backup", "auditor"):
        admin.execute(f"ALTER ROLE satudata_{role} PASSWORD 'test'")
    base = postgres_url.format(database="postgres")

    def url(database: str, user: str) -> str:
        import psycopg2.extensions

        return psycopg2.extensions.make_dsn(base, dbname=database, user=user, password="test")

    environment = {
        "ADMIN_DATABASE_URL": url("postgres", "satudata_migrator"),
        **{
            f"{service.upper()}_DATABASE_URL": url(f"deploy_{service}", f"deploy_{service}")
            for service in SERVICES
        },
    }
    yield environment
    for service in SERVICES:
        admin.execute(f"DROP DATABASE IF EXISTS deploy_{service} WITH (FORCE)")
        admin.execute(f"DROP ROLE IF EXISTS deploy_{service}")
    admin.execute("DROP ROLE satudata_backup, satudata_auditor")
    admin.execute("DROP OWNED BY satudata_migrator")
    admin.execute("DROP ROLE satudata_migrator")
    admin.close()


@pytest.mark.servers
def test_migrations_need_no_superuser_and_the_roles_have_no_right_too_many(
    restricted: dict[str, str],
) -> None:
    import psycopg2
    import psycopg2.extensions

    databases.prepare(restricted)
    databases.prepare(restricted)

    for service in SERVICES:
        dsn = restricted[f"{service.upper()}_DATABASE_URL"]
        owner = Pool(
            psycopg2.extensions.make_dsn(
                restricted["ADMIN_DATABASE_URL"], dbname=f"deploy_{service}"
            ),
            1,
        )
        owner.execute((DEPLOY / "postgres" / "auditor.sql").read_text(encoding="utf-8"))
        own = Pool(dsn, 1)
        auditor = Pool(psycopg2.extensions.make_dsn(dsn, user="satudata_auditor"), 1)
        backup = Pool(psycopg2.extensions.make_dsn(dsn, user="satudata_backup"), 1)
        for statement in ("UPDATE facts SET type = 'x'", "DELETE FROM facts", "TRUNCATE facts"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                own.execute(statement)
        assert auditor.execute("SELECT * FROM event_log") == []
        for table in ("facts", "keys", "jobs"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                auditor.execute(f"SELECT * FROM {table}")
        assert backup.execute("SELECT * FROM facts") == []
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            backup.execute("DELETE FROM jobs")
        if service == "requests":
            assert auditor.execute("SELECT name, role FROM staff") == []
            for secret in ("password_hash", "*"):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    auditor.execute(f"SELECT {secret} FROM staff")
        for pool in (owner, own, auditor, backup):
            pool.close()


def test_databases_are_made_by_the_function_that_the_roles_are_meant_for() -> None:
    assert create_database.__module__ == "chassis.migrate"


# Images


def _copied(dockerfile: Path) -> list[str]:
    return [
        source
        for line in re.findall(r"^COPY (.+)$", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
        for source in line.split()[:-1]
        if not source.startswith("--")
    ]


DOCKERFILES = [DEPLOY / "Dockerfile", *(ROOT / "services" / s / "Dockerfile" for s in SERVICES)]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_image_is_made_of_what_is_there(path: Path) -> None:
    locks = re.findall(r"-r (\S+)", path.read_text(encoding="utf-8"))

    assert [name for name in _copied(path) + locks if not (ROOT / name).exists()] == []
    assert len(locks) == 1


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_no_image_takes_the_keys_along(path: Path) -> None:
    keys = DEPLOY / "keys"

    taken = [ROOT / source for source in _copied(path)]

    assert [source for source in taken if source == keys or source in keys.parents] == []
    assert "deploy/keys" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_the_services_images_are_made_alike() -> None:
    made = {}
    for service in SERVICES:
        text = (ROOT / "services" / service / "Dockerfile").read_text(encoding="utf-8")
        # The first line says which processes there are.
        made[service] = text.partition("\n")[2].replace(service, "SERVICE")

    assert len(set(made.values())) == 1, made


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_image_runs_as_nobody_special(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "--uid 10001" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)


# Compose


COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def _ours() -> dict[str, dict[str, Any]]:
    return {
        name: each
        for name, each in COMPOSE["services"].items()
        if str(each["image"]).startswith("satudata/")
        and each["command"][0] in ("web", "worker", "jobs")
    }


def test_compose_runs_every_process() -> None:
    assert {tuple(each["command"]) for each in _ours().values()} == PROCESSES


def test_compose_gives_each_service_its_own_keys_and_files() -> None:
    for name, each in _ours().items():
        service = each["command"][1]
        kept = {v.split(":")[0] for v in each["volumes"] if v.endswith(":/data")}
        sealing = ["keys/sealing.env"] if name == "requests-jobs" else []
        assert each["env_file"] == [
            "settings.env", "keys/common.env", f"keys/{service}.env", *sealing,
        ], name  # fmt: skip
        assert each["image"] == f"satudata/{service}"
        assert each["build"]["dockerfile"] == f"services/{service}/Dockerfile"
        assert kept == ({f"{service}-files"} if service in WITH_FILES else set()), name


def test_compose_names_only_what_it_has() -> None:
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    for name, each in services.items():
        assert set(each.get("depends_on", {})) <= set(services), name
        for volume in each.get("volumes", []):
            source = volume.split(":")[0]
            there = (DEPLOY / source).exists() if source.startswith(".") else source in volumes
            assert there, (name, source)
        for file in each.get("env_file", []):
            assert file.startswith("keys/") or (DEPLOY / file).exists(), (name, file)
        if "build" in each:
            assert (ROOT / each["build"]["dockerfile"]).exists()
    for upstream in re.findall(r"http://([a-z]+):8080", GENERATE.nginx_conf()):
        assert services[upstream]["command"] == ["web", upstream]


def test_keys_are_not_kept_in_version_control() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "-q", "deploy/keys/requests.env"], cwd=ROOT, check=False
    )

    assert ignored.returncode == 0


# Kubernetes


def _documents() -> list[dict[str, Any]]:
    return [
        document
        for path in MANIFESTS
        if path.name not in ("kustomization.yaml", "secrets.example.yaml")
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def _of(kind: str) -> list[dict[str, Any]]:
    return [each for each in _documents() if each["kind"] == kind]


def _pods() -> list[tuple[str, dict[str, Any]]]:
    return [
        (each["metadata"]["name"], each["spec"]["template"]["spec"])
        for each in (*_of("Deployment"), *_of("Job"))
    ]


def test_kustomize_lists_every_manifest_but_the_placeholders() -> None:
    kustomization = yaml.safe_load(
        (DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8")
    )

    assert sorted(kustomization["resources"]) == sorted(
        path.name
        for path in MANIFESTS
        if path.name not in ("kustomization.yaml", "secrets.example.yaml")
    )
    for made in kustomization["configMapGenerator"]:
        for file in made.get("envs", []):
            assert (DEPLOY / "kubernetes" / file).exists()
    images = {container["image"] for _, pod in _pods() for container in pod["containers"]}
    assert images == {image["name"] for image in kustomization["images"]}


def test_kubernetes_runs_every_process() -> None:
    running = {
        tuple(each["spec"]["template"]["spec"]["containers"][0]["args"])
        for each in _of("Deployment")
    }

    assert running == PROCESSES


def test_two_workers_of_each_service_so_that_one_can_take_over() -> None:
    for each in _of("Deployment"):
        if each["metadata"]["labels"]["process"] in ("web", "worker"):
            assert each["spec"]["replicas"] >= 2, each["metadata"]["name"]


@pytest.mark.parametrize(("name", "pod"), _pods(), ids=lambda value: str(value)[:20])
def test_a_pod_is_closed_and_has_its_limits(name: str, pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["resources"]["limits"]["memory"]
    assert container["resources"]["requests"]["cpu"]


def test_probes_ask_the_port_on_which_the_process_answers() -> None:
    settings = _env(DEPLOY / "kubernetes" / "settings.env")
    health_port = {"web": 8080, "worker": int(settings["HEALTH_PORT"])}
    health_port["jobs"] = health_port["worker"]
    for each in _of("Deployment"):
        (container,) = each["spec"]["template"]["spec"]["containers"]
        kind = container["args"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for probe, path in (
            ("livenessProbe", "/healthz"),
            ("startupProbe", "/healthz"),
            ("readinessProbe", "/readyz"),
        ):
            asked = container[probe]["httpGet"]
            assert asked["path"] == path
            assert ports[asked["port"]] == health_port[kind]


def test_selectors_find_pods() -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in _of("Deployment")]

    def found(selector: dict[str, str]) -> bool:
        return any(selector.items() <= each.items() for each in labels)

    for each in _of("Deployment"):
        assert each["spec"]["selector"]["matchLabels"] in labels
    for each in _of("Service"):
        assert found(each["spec"]["selector"])
    for each in _of("PodDisruptionBudget"):
        assert found(each["spec"]["selector"]["matchLabels"])
    names = {each["metadata"]["name"] for each in _of("Service")}
    assert names == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_gets_every_setting_that_its_service_must_have(service: str) -> None:
    documents = yaml.safe_load_all(
        (DEPLOY / "kubernetes" / "secrets.example.yaml").read_text(encoding="utf-8")
    )
    secrets = {each["metadata"]["name"]: each["stringData"] for each in documents}
    deployment = next(each for each in _of("Deployment") if each["metadata"]["name"] == service)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    told = {**_env(DEPLOY / "kubernetes" / "settings.env")}
    for source in container["envFrom"]:
        if "secretRef" in source:
            told |= secrets[source["secretRef"]["name"]]
    key = "A" * 43 + "="

    settings = load(
        service,
        {
            **told, "SECRET_KEY": key, "SIGNING_KEY": key, "SIGNING_PUBLIC_KEYS": "{}",
            "CITY_FILE": str(DEPLOY / "city.toml"),
        },
    )  # fmt: skip

    assert settings.files_url.startswith("s3://")
    other = {f"satudata-{name}" for name in SERVICES if name != service}
    assert not other & {s.get("secretRef", {}).get("name") for s in container["envFrom"]}


def test_the_settings_of_containers_are_settings() -> None:
    known = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (DEPLOY / "env.example").read_text(), re.M))

    for path in (DEPLOY / "settings.env", DEPLOY / "kubernetes" / "settings.env"):
        assert set(_env(path)) <= known, path


def test_scripts_can_be_run() -> None:
    assert os.access(DEPLOY / "new-keys", os.X_OK)
    assert os.access(DEPLOY / "test-packages", os.X_OK)
