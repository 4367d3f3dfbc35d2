"""What a model costs: schedules, and the graph of operators, weights and caches."""

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.graph import OperatorGraph
from llmsim_adapters.graph.operator import Operator, Sharding, Weight
from llmsim_adapters.graph.schedule import Schedule, ScheduleError

__all__ = ["Cache", "Operator", "OperatorGraph", "Schedule", "ScheduleError", "Sharding", "Weight"]
