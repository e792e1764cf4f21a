"""The least weighted length of a binary prefix code, with a heap: Σ_w count_w · length_w = Σ of all joined counts."""

import heapq


def least_weighted_length(counts):
    heap, total = [int(count) for count in counts], 0
    heapq.heapify(heap)
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        total += joined
        heapq.heappush(heap, joined)
    return total
