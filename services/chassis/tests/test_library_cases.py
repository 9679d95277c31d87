"""What the library's own published tests ask of a persistence module, on PostgreSQL as migrated.

As the role that a service has: with no rights beyond its own.
"""

import os
from unittest import mock

import pytest
from chassis.actor import Actor
from chassis.event_store import Factory, ProcessRecorder, Recorder, Snapshots, Tracking
from eventsourcing.tests import application as application_cases
from eventsourcing.tests import persistence as cases
from eventsourcing.utils import Environment

pytestmark = pytest.mark.servers
APPLICATION = Actor("library", "service")


class FurtherTracking(Tracking):
    """A class of the application's own."""


class OnPostgres:
    @pytest.fixture(autouse=True)
    def _new_database(self, database):
        self.pool = database("notify", 12)
        self.env = Environment("library", _settings(self.pool))


class TestSnapshots(OnPostgres, cases.AggregateRecorderTestCase):
    def create_recorder(self):
        return Snapshots(self.pool)


class TestRecorder(OnPostgres, cases.ApplicationRecorderTestCase):
    def create_recorder(self):
        return Recorder(self.pool, actor=APPLICATION)


class TestNonInterleaving(OnPostgres, cases.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self):
        return Recorder(self.pool, actor=APPLICATION)


class TestTracking(OnPostgres, cases.TrackingRecorderTestCase):
    def create_recorder(self):
        return Tracking(self.pool)


class TestProcessRecorder(OnPostgres, cases.ProcessRecorderTestCase):
    def create_recorder(self):
        return ProcessRecorder(self.pool, actor=APPLICATION)


class TestFactory(OnPostgres, cases.InfrastructureFactoryTestCase):
    def expected_factory_class(self):
        return Factory

    def expected_aggregate_recorder_class(self):
        return Snapshots

    def expected_application_recorder_class(self):
        return Recorder

    def expected_tracking_recorder_class(self):
        return Tracking

    def tracking_recorder_subclass(self):
        return FurtherTracking

    def expected_process_recorder_class(self):
        return ProcessRecorder


class InEnvironment(OnPostgres):
    def setUp(self):
        patched = mock.patch.dict(os.environ, _settings(self.pool))
        patched.start()
        self.addCleanup(patched.stop)


class TestExampleApplication(InEnvironment, application_cases.ExampleApplicationTestCase):
    expected_factory_topic = "chassis.event_store:Factory"


@pytest.mark.filterwarnings("always::DeprecationWarning")
class TestApplication(InEnvironment, application_cases.ApplicationTestCase):
    pass


def _settings(pool):
    return {"PERSISTENCE_MODULE": "chassis.event_store", "DATABASE_URL": pool.dsn}
