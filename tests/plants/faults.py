"""Every fault: importing the modules registers them."""

from tests.plants import faults_of_events, faults_of_files, faults_of_money, faults_of_people, faults_of_use
from tests.plants.fault import FAULTS, Fault

__all__ = [
    "FAULTS",
    "Fault",
    "faults_of_events",
    "faults_of_files",
    "faults_of_money",
    "faults_of_people",
    "faults_of_use",
]
