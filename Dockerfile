# The service on the CPU, with the encoder inside; it needs no network at run time.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN pip install --no-deps --index-url https://download.pytorch.org/whl/cpu torch==2.13.0
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY matcher matcher
RUN pip install --constraint constraints.txt .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home matcher && install -d -o matcher -g matcher /data
COPY --from=build /venv /venv
COPY fixtures/judged/coaches.jsonl /fixtures/coaches.jsonl
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    MATCHER_DATA_DIR=/data \
    MATCHER_BIND=0.0.0.0:8000
USER matcher
WORKDIR /home/matcher
VOLUME /data
EXPOSE 8000
# The first start, with a million coaches, makes the index of all their profiles; one after profiles changed writes it
# again.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30m --retries=3 \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz')"
CMD ["sh", "-c", "matcher db upgrade && exec matcher serve"]
