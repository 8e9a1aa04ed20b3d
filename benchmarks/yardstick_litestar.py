"""A Litestar handler that returns the same bytes each time, served as we serve ours: nothing on Litestar is faster."""

import json
import sys
from pathlib import Path
from typing import Any

from litestar import Litestar, Response, get

from benchmarks.listening import serve


def application(bodies: dict[str, str]) -> Litestar:
    """*bodies*: path → file of the bytes it returns."""
    return Litestar([_handler(path, Path(file).read_bytes()) for path, file in bodies.items()], openapi_config=None)


def _handler(path: str, body: bytes) -> Any:
    @get(path)
    async def answer() -> Response[bytes]:
        return Response(body, media_type="application/json")

    return answer


if __name__ == "__main__":
    serve(application(json.loads(sys.argv[1])))
