"""Files made of a list: short ones in the answer, long ones by the worker, kept a week for whoever asked.

request → views → policies → services → models; the worker: tasks → services → sources (what a kind exports) → writers.
"""
